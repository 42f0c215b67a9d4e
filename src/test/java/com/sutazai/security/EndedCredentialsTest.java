package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Connections;
import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are under way end with the key that they were asked with. */
@QuarkusTest
@TestProfile(ClosedMode.class)
@QuarkusTestResource(ModelServer.class)
class EndedCredentialsTest {
  private final FakeModelServer model = ModelServer.fake();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Connections connections;

  EndedCredentialsTest(Connections connections) {
    this.connections = connections;
  }

  @BeforeEach
  void serverIsWell() {
    model.reset();
  }

  @AfterEach
  void letGo() {
    client.shutdownNow();
  }

  /** A key with a name of its own. */
  private record Key(String id, String secret, String owner) {
    static Key made(Map<String, Object> more) {
      return made("owner-" + UUID.randomUUID(), more);
    }

    static Key made(String owner, Map<String, Object> more) {
      JsonObject wanted =
          new JsonObject()
              .mergeIn(new JsonObject(more))
              .put("name", "test")
              .put("owner", owner)
              .put(
                  "scopes", new String[] {"tasks:read", "tasks:write", "tasks:work", "models:use"});
      JsonPath made =
          admin()
              .contentType("application/json")
              .body(wanted.encode())
              .post("/api/keys")
              .then()
              .statusCode(201)
              .extract()
              .jsonPath();
      return new Key(made.getString("id"), made.getString("key"), owner);
    }

    void revoke() {
      admin().delete("/api/keys/" + id + "?owner=" + owner).then().statusCode(200);
    }

    void rotate() {
      admin()
          .contentType("application/json")
          .body("{}")
          .post("/api/keys/" + id + "/rotate?owner=" + owner)
          .then()
          .statusCode(200);
    }

    String laterTask() {
      return with(secret)
          .contentType("application/json")
          .body(
              "{\"type\":\"noop\",\"run_at\":\"" + Instant.now().plus(1, ChronoUnit.HOURS) + "\"}")
          .post("/api/tasks")
          .then()
          .statusCode(202)
          .extract()
          .path("id");
    }
  }

  private HttpRequest.Builder request(String path, Key key) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + path))
        .header("Authorization", "Bearer " + key.secret());
  }

  private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> ended(CompletableFuture<HttpResponse<String>> answer)
      throws Exception {
    return answer.get(2, TimeUnit.MINUTES);
  }

  /** The answer, of which something is there. */
  private CompletableFuture<HttpResponse<String>> begun(HttpRequest.Builder request)
      throws Exception {
    var started = new CountDownLatch(1);
    var answer =
        client.sendAsync(
            request.build(),
            info -> {
              started.countDown();
              return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
            });
    assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();
    return answer;
  }

  /** Returns when a request with the key is at work that waits for something. */
  private void awaitWaiting(Key key) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                connections.waiting().stream()
                    .anyMatch(each -> String.valueOf(each.credential()).contains(key.secret())));
  }

  private CompletableFuture<HttpResponse<String>> follow(Key key) throws Exception {
    return begun(request("/api/tasks/" + key.laterTask() + "/events", key));
  }

  @Test
  void events_of_a_task_end_with_an_error_when_the_key_is_revoked() throws Exception {
    // Given
    Key key = Key.made(Map.of());
    var stream = follow(key);
    var others = follow(Key.made(Map.of()));

    // When
    key.revoke();

    // Then
    assertThat(ended(stream).body())
        .contains("event: task.pending")
        .contains("event: error\ndata: {")
        .contains("\"code\":\"unauthenticated\"")
        .contains("The key was revoked.");
    assertThat(others).isNotDone();
  }

  @Test
  void events_of_a_task_end_when_the_secret_was_replaced() throws Exception {
    // Given
    Key key = Key.made(Map.of());
    var stream = follow(key);

    // When
    key.rotate();

    // Then
    assertThat(ended(stream).body()).contains("event: error");
  }

  @Test
  void events_of_a_task_end_when_the_key_expires() throws Exception {
    // Given
    Key lasting = Key.made(Map.of());
    String task = lasting.laterTask();
    HttpResponse<String> told;
    int seconds = 3;

    // When: it must not expire before the task is followed, however slow the machine is
    do {
      seconds *= 2;
      String end = Instant.now().plusSeconds(seconds).toString();
      Key brief = Key.made(lasting.owner(), Map.of("expires_at", end));
      told = ended(begun(request("/api/tasks/" + task + "/events", brief)));
    } while (told.statusCode() == 401 && seconds < 60);

    // Then
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.body()).contains("event: task.pending").contains("The key has expired.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/generate/stream|{\"prompt\":\"%s\"}",
        "/api/generate|{\"model\":\"tinyllama\",\"prompt\":\"%s\"}",
        "/v1/chat/completions|{\"model\":\"tinyllama\",\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
      })
  void a_stream_of_tokens_ends_with_an_error_in_the_words_of_its_door(String asked)
      throws Exception {
    // Given
    String[] parts = asked.split("\\|");
    Key key = Key.made(Map.of());
    model.otherwise(FakeModelServer.hangAfter("first"));
    var stream =
        begun(
            request(parts[0], key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(parts[1].formatted(UUID.randomUUID()))));

    // When
    key.revoke();

    // Then
    assertThat(ended(stream).statusCode()).isEqualTo(200);
    assertThat(ended(stream).body())
        .contains("first")
        .contains("error")
        .contains("The key was revoked.")
        .doesNotContain("[DONE]");
  }

  @Test
  void a_worker_that_waits_for_a_task_is_told() throws Exception {
    // Given
    Key key = Key.made(Map.of());
    with(key.secret())
        .contentType("application/json")
        .body("{\"agent_name\":\"w\",\"agent_type\":\"waited\",\"capabilities\":[]}")
        .post("/api/agents/register")
        .then()
        .statusCode(200);
    var answer =
        send(
            request("/api/tasks/next/waited?wait=30&agent_name=w", key)
                .POST(HttpRequest.BodyPublishers.noBody()));
    awaitWaiting(key);

    // When
    key.revoke();

    // Then
    assertThat(ended(answer).statusCode()).isEqualTo(401);
    assertThat(ended(answer).body()).contains("The key was revoked.");
  }

  @Test
  void who_waits_for_a_task_hears_that_it_was_accepted() throws Exception {
    // Given
    Key key = Key.made(Map.of());
    var answer =
        send(
            request("/api/tasks", key)
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=60")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"type\":\"noop\",\"run_at\":\""
                            + Instant.now().plus(1, ChronoUnit.HOURS)
                            + "\"}")));
    awaitWaiting(key);

    // When
    key.revoke();

    // Then
    assertThat(ended(answer).statusCode()).isEqualTo(202);
  }
}
