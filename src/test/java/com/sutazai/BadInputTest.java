package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every route is sent what no client should send: each field replaced by each odd value, bodies
 * that are no JSON, odd parameters and headers. It may be taken or refused, but a refusal is a
 * problem document that says why, and nothing is the server's fault.
 */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class BadInputTest {
  private static final List<String> ODD_VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1.5",
          "1e308",
          "99999999999999999999",
          "\"\"",
          "\" \"",
          "\"2026-13-45T99:99:99Z\"",
          "\"" + "n".repeat(10_000) + "\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\uD83D\uDE00\"",
          "[]",
          "[null]",
          "[[1],{\"a\":[]}]",
          "{}",
          "{\"a\":null}",
          "[".repeat(5_000) + "]".repeat(5_000));

  private static final List<String> NO_JSON =
      List.of(
          "",
          " ",
          "{",
          "}",
          "[",
          "null",
          "7",
          "\"text\"",
          "[]",
          "{'type':'noop'}",
          "{\"type\":}",
          "{\"type\":\"noop\"",
          "{\"type\":\"noop\"}{",
          "{\"type\":\"noop\",}",
          "\uFEFF{}",
          "\u0000",
          "{\"a\":1e999999999}",
          "<xml/>",
          "{".repeat(20_000));

  private static final List<String> ODD_TEXTS =
      List.of(
          "",
          "%20",
          "-1",
          "0",
          "501",
          "99999999999999999999",
          "abc",
          "%00",
          "%ff%fe",
          "%27%20OR%201=1--",
          "..%2f..%2fetc%2fpasswd",
          "00000000-0000-0000-0000-000000000000",
          "bm90LWEtY3Vyc29y",
          "x".repeat(3_000));

  private final HttpClient client = HttpClient.newHttpClient();
  private final TreeSet<String> faults = new TreeSet<>();
  private int sent;

  @BeforeEach
  void modelServerIsWell() {
    ModelServer.fake().reset();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "POST|/api/tasks|{\"type\":\"noop\",\"payload\":{},\"agent_id\":\"a\",\"priority\":5,\"required_capabilities\":[],\"timeout_seconds\":9,\"max_retries\":0,\"run_at\":null,\"expires_at\":null,\"depends_on\":[],\"callback_url\":\"http://127.0.0.1:9/\"}",
        "POST|/api/tasks/bulk|{\"tasks\":[{\"type\":\"noop\"}]}",
        "POST|/api/agents|{\"name\":\"odd\",\"type\":\"worker\",\"status\":\"active\",\"capabilities\":[],\"config\":{}}",
        "PATCH|/api/agents/00000000-0000-7000-8000-00000000aaaa|{\"name\":\"odd\",\"type\":\"worker\",\"status\":\"active\",\"capabilities\":[],\"config\":{}}",
        "POST|/api/agents|{\"name\":\"odd\",\"type\":\"prompt\",\"config\":{\"template\":\"a\",\"model\":\"b\",\"system\":\"c\",\"options\":{}}}",
        "POST|/api/documents|{\"name\":\"odd\",\"text\":\"odd\",\"tags\":[]}",
        "POST|/api/schedules|{\"name\":\"odd\",\"cron\":\"0 4 1 1 *\",\"time_zone\":\"UTC\",\"enabled\":false,\"task\":{\"type\":\"noop\",\"payload\":{}},\"missed\":\"once\"}",
        "POST|/api/workflows|{\"name\":\"odd\",\"description\":\"odd\",\"input\":{},\"max_parallel\":5,\"on_failure\":\"fail\",\"steps\":[{\"id\":\"a\",\"type\":\"noop\",\"payload\":{},\"depends_on\":[],\"agent_id\":null,\"required_capabilities\":[],\"priority\":5,\"timeout_seconds\":9,\"max_retries\":0,\"on_failure\":\"skip\",\"on_skipped\":\"run\"}]}",
        "PATCH|/api/schedules/00000000-0000-7000-8000-00000000aaaa|{\"name\":\"odd\"}",
        "POST|/api/resources/leases|{\"type\":\"gpu\",\"amount\":1,\"holder\":\"odd\",\"priority\":5,\"duration_seconds\":1,\"wait_seconds\":0,\"preemptible\":true}",
        "PUT|/api/resources/policies/gpu|{\"max_total_percent\":90,\"max_holder_percent\":50}",
        "POST|/process|{\"task_id\":\"odd\",\"type\":\"noop\",\"payload\":{}}",
        "POST|/generate|{\"prompt\":\"hi\",\"text\":\"hi\",\"model\":\"tinyllama\",\"stream\":false,\"options\":{}}",
        "POST|/generate/stream|{\"prompt\":\"hi\",\"options\":{\"temperature\":1,\"top_k\":1,\"top_p\":1,\"num_predict\":1,\"repeat_penalty\":1,\"stop\":[],\"seed\":1}}",
      })
  void odd_bodies_are_taken_or_refused_with_a_reason(String method, String path, String good)
      throws Exception {
    JsonObject fields = new JsonObject(good);
    for (String body : bodies(fields)) {
      send(method, path, body, "Content-Type", "application/json");
    }
    for (String type :
        List.of("text/plain", "application/xml", "nonsense", "application/json;charset=utf-16")) {
      send(method, path, good, "Content-Type", type);
    }

    assertThat(sent).isGreaterThan(40);
    assertThat(faults).isEmpty();
  }

  private static List<String> bodies(JsonObject fields) {
    List<String> bodies = new ArrayList<>(NO_JSON);
    for (String field : fields.fieldNames()) {
      for (String odd : ODD_VALUES) {
        bodies.add(replaced(fields, field, odd));
      }
      if (fields.getValue(field) instanceof JsonObject inner) {
        for (String innerField : inner.fieldNames()) {
          for (String odd : ODD_VALUES) {
            bodies.add(replaced(fields, field, replaced(inner, innerField, odd)));
          }
        }
        bodies.add(replaced(fields, field, "{\"no_such_field\":1}"));
      }
      if (fields.getValue(field) instanceof JsonArray list
          && !list.isEmpty()
          && list.getValue(0) instanceof JsonObject first) {
        for (String innerField : first.fieldNames()) {
          for (String odd : ODD_VALUES) {
            bodies.add(replaced(fields, field, "[" + replaced(first, innerField, odd) + "]"));
          }
        }
      }
    }
    String open = fields.encode().substring(0, fields.encode().length() - 1);
    bodies.add(open + ",\"no_such_field\":1}");
    bodies.add(open + ",\"" + "f".repeat(10_000) + "\":1}");
    return bodies;
  }

  private static String replaced(JsonObject object, String field, String value) {
    return object.copy().put(field, "@@").encode().replace("\"@@\"", value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/tasks?limit=",
        "/api/tasks?cursor=",
        "/api/tasks?status=",
        "/api/tasks?type=",
        "/api/tasks?agent_id=",
        "/api/tasks?dead=",
        "/api/tasks?include=",
        "/api/tasks/",
        "/api/agents?limit=",
        "/api/agents?cursor=",
        "/api/agents?status=",
        "/api/agents?type=",
        "/api/agents?q=",
        "/api/agents?include=",
        "/api/agents/",
        "/api/documents?limit=",
        "/api/documents?cursor=",
        "/api/documents/search?q=",
        "/api/documents/search?q=a&limit=",
        "/api/documents/",
        "/api/schedules?limit=",
        "/api/schedules?cursor=",
        "/api/schedules/",
        "/api/workflows?limit=",
        "/api/workflows?cursor=",
        "/api/workflows?status=",
        "/api/workflows/",
        "/api/workflows/00000000-0000-7000-8000-00000000aaaa/steps/",
        "/api/resources/policies/",
        "/process?data=",
        "/api/usage?from=",
        "/api/usage?to=",
        "/api/usage?group_by=",
        "/api/usage?owner=",
        "/api/models/profile?refresh=",
        "/no/such/"
      })
  void odd_parameters_are_taken_or_refused_with_a_reason(String prefix) throws Exception {
    for (String odd : ODD_TEXTS) {
      send("GET", prefix + odd, "");
    }

    assertThat(sent).isEqualTo(ODD_TEXTS.size());
    assertThat(faults).isEmpty();
  }

  @Test
  void odd_headers_and_methods_are_taken_or_refused_with_a_reason() throws Exception {
    String task = "{\"type\":\"noop\"}";
    for (String odd :
        List.of("", " ", "wait=-1", "wait=99999999999", "a,b;c=\"", "x".repeat(300))) {
      send("POST", "/api/tasks", task, "Content-Type", "application/json", "Prefer", odd);
      send("POST", "/api/tasks", task, "Content-Type", "application/json", "Idempotency-Key", odd);
      send("GET", "/api/agents", "", "Accept", odd);
      send("DELETE", "/api/agents/00000000-0000-7000-8000-00000000aaaa", "", "If-Match", odd);
    }
    for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "NONSENSE")) {
      for (String path : List.of("/api/tasks", "/api/agents", "/generate", "/process", "/health")) {
        send(method, path, task, "Content-Type", "application/json");
      }
    }

    assertThat(sent).isGreaterThan(40);
    assertThat(faults).isEmpty();
  }

  private void send(String method, String path, String body, String... headers) throws Exception {
    sent++;
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
            .method(
                method,
                HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    String fault = fault(answer, method);
    if (fault != null) {
      faults.add(
          fault
              + ": "
              + method
              + " "
              + start(path)
              + " "
              + start(body)
              + " "
              + List.of(headers)
              + " -> "
              + answer.statusCode()
              + " "
              + start(answer.body()));
    }
  }

  private static @Nullable String fault(HttpResponse<String> answer, String method) {
    String body = answer.body();
    if (answer.statusCode() >= 500) {
      return "the server's fault";
    }
    if (body.contains("\tat ") || body.contains("com.sutazai") || body.contains("java.lang")) {
      return "innards shown";
    }
    if (answer.statusCode() < 400 || method.equals("HEAD")) {
      return null;
    }
    if (!answer.headers().firstValue("Content-Type").orElse("").equals("application/problem+json")
        || !body.startsWith("{")) {
      return "no problem document";
    }
    JsonObject problem = new JsonObject(body);
    return problem.getString("code", "").isBlank() || problem.getString("detail", "").isBlank()
        ? "no reason"
        : null;
  }

  private static String start(String text) {
    return text.length() <= 160 ? text : text.substring(0, 160) + "…";
  }
}
