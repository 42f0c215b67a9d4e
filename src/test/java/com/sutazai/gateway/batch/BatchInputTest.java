package com.sutazai.gateway.batch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client should send: a batch says which lines are wrong, a request is refused. */
@Slow
@QuarkusTest
@TestProfile(BatchProfile.class)
class BatchInputTest {
  private static final String GOOD = Client.line("good", "good");

  private static List<JsonObject> errors(List<String> lines) {
    JsonObject batch = Client.awaitEnd(Client.begin(lines));
    assertThat(batch.getString("status")).isEqualTo("failed");
    assertThat(batch.getLong("failed_at")).isPositive();
    assertThat(batch.getValue("output_file_id")).isNull();
    JsonObject errors = batch.getJsonObject("errors");
    assertThat(errors.getString("object")).isEqualTo("list");
    return errors.getJsonArray("data").stream().map(JsonObject.class::cast).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "invalid_json_line||{\"custom_id\":",
        "invalid_json_line||[]",
        "invalid_json_line||\"text\"",
        "invalid_json_line||{\"a\":1}{",
        "invalid_custom_id|custom_id|{\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_custom_id|custom_id|{\"custom_id\":7,\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_custom_id|custom_id|{\"custom_id\":\"\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_custom_id|custom_id|{\"custom_id\":\"a\\u0000\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_custom_id|custom_id|{\"custom_id\":\"\\ud800\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_method|method|{\"custom_id\":\"a\",\"method\":\"GET\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_method|method|{\"custom_id\":\"a\",\"url\":\"/v1/embeddings\",\"body\":{}}",
        "invalid_url|url|{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{}}",
        "missing_required_parameter|body|{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\"}",
        "missing_required_parameter|body|{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":[]}",
        "invalid_value|body.stream|{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{\"stream\":true}}",
        "duplicate_custom_id|custom_id|{\"custom_id\":\"good\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}",
      })
  void a_bad_line_fails_the_batch_and_is_named(String code, String param, String line) {
    // Given
    List<String> lines = List.of(GOOD, "", line);

    // When
    List<JsonObject> errors = errors(lines);

    // Then
    assertThat(errors).hasSize(1);
    assertThat(errors.getFirst().getString("code")).isEqualTo(code);
    assertThat(errors.getFirst().getInteger("line")).isEqualTo(3);
    assertThat(errors.getFirst().getString("param")).isEqualTo(param);
    assertThat(errors.getFirst().getString("message")).isNotBlank();
  }

  @Test
  void a_line_that_is_too_long_is_named_with_the_setting() {
    // When
    List<JsonObject> errors = errors(List.of(GOOD, Client.line("long", "x".repeat(30_000))));

    // Then
    assertThat(errors.getFirst().getString("code")).isEqualTo("line_too_long");
    assertThat(errors.getFirst().getString("message"))
        .contains("20480", "sutazai.batches.max-line");
  }

  @Test
  void many_bad_lines_are_told_up_to_a_hundred() {
    assertThat(errors(IntStream.range(0, 300).mapToObj(i -> "{").toList())).hasSize(100);
  }

  @Test
  void a_file_without_lines_fails() {
    assertThat(errors(List.of("", "  ")).getFirst().getString("code")).isEqualTo("empty_file");
  }

  @Test
  void line_ends_of_windows_and_a_last_line_without_end_are_taken() {
    // Given
    Response file = Client.send(Client.line("a", "a") + "\r\n\r\n" + Client.line("b", "b"));

    // When
    String id = Client.make(file.path("id")).path("id");

    // Then
    JsonObject batch = Client.awaitEnd(id);
    assertThat(batch.getString("status")).isEqualTo("completed");
    assertThat(Client.ids(Client.read(batch, "output_file_id")))
        .containsExactlyInAnyOrder("a", "b");
  }

  private static JsonObject refused(Response answer) {
    assertThat(answer.statusCode()).as(answer.asString()).isBetween(400, 499);
    assertThat(answer.contentType()).startsWith("application/json");
    JsonObject error = new JsonObject(answer.asString()).getJsonObject("error");
    assertThat(error.getString("message")).isNotBlank();
    assertThat(error.getString("code")).isNotBlank();
    assertThat(error.getString("type")).isEqualTo("invalid_request_error");
    assertThat(error.containsKey("param")).isTrue();
    return error;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "input_file_id|{\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\"}",
        "input_file_id|{\"input_file_id\":7,\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\"}",
        "endpoint|{\"input_file_id\":\"@\",\"completion_window\":\"24h\"}",
        "endpoint|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/models\",\"completion_window\":\"24h\"}",
        "completion_window|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\"}",
        "completion_window|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"25h\"}",
        "completion_window|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"0m\"}",
        "metadata|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"1h\",\"metadata\":[]}",
        "metadata.a|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"1h\",\"metadata\":{\"a\":1}}",
        "metadata.a|{\"input_file_id\":\"@\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"1h\",\"metadata\":{\"a\":\"\\u0000\"}}",
        "body|[]",
        "body|7",
      })
  void a_bad_wish_is_refused_with_the_field(String param, String body) {
    // Given
    String wish = body.replace("@", Client.upload(List.of(GOOD)));

    // When
    JsonObject error =
        refused(given().contentType("application/json").body(wish).post("/v1/batches"));

    // Then
    assertThat(error.getString("param")).isEqualTo(param);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "nonsense", "{\"a\":", "\u0000"})
  void a_body_that_is_no_object_is_refused(String body) {
    refused(given().contentType("application/json").body(body).post("/v1/batches"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/batches?limit=",
        "/v1/batches?after=",
        "/v1/batches/",
        "/v1/files?limit=",
        "/v1/files?after=",
        "/v1/files?order=",
        "/v1/files/file-",
      })
  void odd_parameters_are_refused_with_a_reason(String prefix) {
    List<String> taken = new ArrayList<>();
    for (String odd :
        List.of(
            "-1",
            "0",
            "10001",
            "99999999999999999999",
            "abc",
            "%00",
            "%ff%fe",
            "batch_",
            "00000000-0000-0000-0000-000000000000",
            "x".repeat(3_000))) {
      refused(given().urlEncodingEnabled(false).get(prefix + odd));
      taken.add(odd);
    }
    assertThat(taken).hasSize(10);
  }
}
