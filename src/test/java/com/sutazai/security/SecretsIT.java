package com.sutazai.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CWE-532, CWE-209: secrets, prompts and results are in no log, no metric, no row of the audit log
 * and no error, whatever becomes of the request that carries them.
 */
class SecretsIT {
  private static final String ADMIN = "admin-" + UUID.randomUUID();
  private static final String PROMPT = "prompt-" + UUID.randomUUID();
  private static final String RESULT = "result-" + UUID.randomUUID();
  private static final String SECRET = "secret-" + UUID.randomUUID();

  private final List<String> refusals = new ArrayList<>();
  private final List<String> never = new ArrayList<>(List.of(ADMIN, PROMPT, RESULT, SECRET));

  @TempDir Path data;
  private FakeModelServer models;
  private Product product;

  @BeforeEach
  void start() throws Exception {
    models = FakeModelServer.start();
    product =
        Product.up(
            data,
            Map.of(
                "SUTAZAI_ADMIN_KEY",
                ADMIN,
                "OLLAMA_BASE_URL",
                models.url(),
                "SUTAZAI_INFERENCE_FIRST_BYTE_TIMEOUT",
                "2s"));
  }

  @AfterEach
  void stop() throws Exception {
    product.close();
    models.close();
  }

  private static String[] bearer(String key) {
    return new String[] {"Authorization", "Bearer " + key};
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return noted(product.post(path, body, headers.length == 0 ? bearer(ADMIN) : headers));
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return noted(product.get(path, headers.length == 0 ? bearer(ADMIN) : headers));
  }

  private HttpResponse<String> noted(HttpResponse<String> answer) {
    if (answer.statusCode() >= 400) {
      refusals.add(answer.body());
    }
    return answer;
  }

  @Test
  void what_is_confidential_is_told_to_its_owner_alone() throws Exception {
    // When
    askModels();
    sendWhatIsWrong();
    useSecrets();

    // Then
    assertThat(refusals).hasSizeGreaterThan(15);
    String all =
        String.join("\n", refusals)
            + product.log()
            + product.get("/metrics", bearer(ADMIN)).body()
            + product.get("/api/v1/metrics", bearer(ADMIN)).body()
            + product.get("/api/audit?limit=500", bearer(ADMIN)).body();
    assertThat(product.log()).contains("model_");
    for (String each : never) {
      assertThat(all.lines().filter(line -> line.contains(each))).as(each).isEmpty();
    }
  }

  /** Answers, refusals, and answers that break off. */
  private void askModels() throws Exception {
    List<FakeModelServer.Script> scripts =
        List.of(
            FakeModelServer.say(RESULT),
            FakeModelServer.cutAfter(RESULT),
            FakeModelServer.cut(),
            FakeModelServer.hang());
    String message = "\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]";
    for (FakeModelServer.Script script : scripts) {
      for (String model : List.of("tinyllama", "absent")) {
        models.reset();
        models.otherwise(script);
        post("/generate", "{\"prompt\":\"" + PROMPT + "\",\"model\":\"" + model + "\"}");
        post("/api/chat", "{\"model\":\"" + model + "\"," + message + "}");
        post("/v1/chat/completions", "{\"model\":\"" + model + "\"," + message + "}");
        post(
            "/api/tasks",
            "{\"type\":\"inference\",\"max_retries\":0,\"payload\":{\"prompt\":\""
                + PROMPT
                + "\",\"model\":\""
                + model
                + "\"}}",
            "Prefer",
            "wait=20",
            "Authorization",
            "Bearer " + ADMIN);
      }
    }
  }

  private void sendWhatIsWrong() throws Exception {
    for (String body :
        List.of(
            "{\"prompt\":\"" + PROMPT,
            "{\"prompt\":\"" + PROMPT + "\",\"options\":7}",
            "{\"prompt\":[\"" + PROMPT + "\"]}",
            "{\"prompt\":\"" + PROMPT + "\",\"temperature\":\"" + PROMPT + "\"}",
            "\"" + PROMPT + "\"",
            PROMPT)) {
      for (String path :
          List.of("/generate", "/api/generate", "/v1/completions", "/api/tasks", "/process")) {
        post(path, body);
      }
    }
    post(
        "/api/tasks", "{\"type\":\"noop\",\"payload\":{\"a\":\"" + PROMPT + "\"},\"priority\":99}");
    get("/api/documents/search?limit=x&q=" + PROMPT);
    get("/process?limit=x&data=" + PROMPT);
  }

  private void useSecrets() throws Exception {
    get("/api/tasks", "Authorization", "Bearer " + SECRET);
    get("/api/tasks", "Authorization", "Basic " + SECRET);
    get("/api/tasks", "Cookie", "sutazai_session=" + SECRET);
    String user =
        "{\"email\":\"ann@example.com\",\"owner\":\"ann\",\"roles\":[\"user\"],\"password\":\""
            + SECRET
            + "\"}";
    assertThat(post("/api/users", user).statusCode()).isEqualTo(201);
    post("/api/users", user);
    post("/api/users", user.replace("[\"user\"]", "7"));
    post("/api/auth/login", "{\"email\":\"bob@example.com\",\"password\":\"" + SECRET + "\"}");
    post("/api/auth/login", "{\"email\":7,\"password\":\"" + SECRET + "\"}");
    HttpResponse<String> login =
        post("/api/auth/login", "{\"email\":\"ann@example.com\",\"password\":\"" + SECRET + "\"}");
    assertThat(login.statusCode()).isEqualTo(204);
    never.add(login.headers().firstValue("Set-Cookie").orElseThrow().split("[=;]", -1)[1]);
    var key =
        new JsonObject(
            post("/api/keys", "{\"name\":\"k\",\"owner\":\"ann\",\"scopes\":[\"tasks:read\"]}")
                .body());
    never.add(key.getString("key"));
    get("/api/keys", bearer(key.getString("key")));
    var rotated =
        new JsonObject(post("/api/keys/" + key.getString("id") + "/rotate?owner=ann", "{}").body());
    never.add(rotated.getString("key"));
    never.add(
        new JsonObject(get("/api/tasks/callback-secret").body())
            .stream()
                .map(field -> String.valueOf(field.getValue()))
                .filter(value -> value.length() > 16)
                .findFirst()
                .orElseThrow());
  }
}
