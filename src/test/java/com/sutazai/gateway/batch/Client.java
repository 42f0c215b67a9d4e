package com.sutazai.gateway.batch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.response.Response;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Uses files and batches in the way in which OpenAI's clients do it. */
final class Client {
  static final String ENDPOINT = "/v1/embeddings";
  static final Duration LONG = Duration.ofMinutes(3);
  private static final Set<String> ENDS = Set.of("completed", "failed", "expired", "cancelled");

  private Client() {}

  /** A line that asks the input under the id. */
  static String line(String customId, String input) {
    return new JsonObject()
        .put("custom_id", customId)
        .put("method", "POST")
        .put("url", ENDPOINT)
        .put("body", new JsonObject().put("model", "any").put("input", input))
        .encode();
  }

  /** Lines {@code id-1} that ask {@code prefix-1}, and so on. */
  static List<String> lines(String prefix, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> line("id-" + i, prefix + "-" + i))
        .toList();
  }

  static Response send(String content) {
    return given()
        .multiPart("purpose", "batch")
        .multiPart(
            "file",
            "in.jsonl",
            content.getBytes(StandardCharsets.UTF_8),
            "application/octet-stream")
        .post("/v1/files");
  }

  static String upload(List<String> lines) {
    Response answer = send(String.join("\n", lines) + "\n");
    assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    return answer.path("id");
  }

  static Response make(String file) {
    return given()
        .contentType("application/json")
        .body(
            new JsonObject()
                .put("input_file_id", file)
                .put("endpoint", ENDPOINT)
                .put("completion_window", "24h")
                .put("metadata", new JsonObject().put("kind", "test"))
                .encode())
        .post("/v1/batches");
  }

  static String begin(List<String> lines) {
    Response answer = make(upload(lines));
    assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    return answer.path("id");
  }

  static JsonObject batch(String id) {
    return new JsonObject(given().get("/v1/batches/" + id).asString());
  }

  static JsonObject awaitEnd(String id) {
    return await().atMost(LONG).until(() -> batch(id), it -> ENDS.contains(it.getString("status")));
  }

  static String content(String file) {
    Response answer = given().get("/v1/files/" + file + "/content");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.header("Content-Length")).isNotNull();
    return answer.asString();
  }

  /** The file's lines; none without a file. */
  static List<JsonObject> read(JsonObject batch, String field) {
    String file = batch.getString(field);
    return file == null ? List.of() : content(file).lines().map(JsonObject::new).toList();
  }

  static Set<String> ids(List<JsonObject> lines) {
    return lines.stream().map(line -> line.getString("custom_id")).collect(Collectors.toSet());
  }
}
