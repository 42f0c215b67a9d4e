package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(ClosedMode.class)
class KeyResourceTest {
  private static JsonPath make(Map<String, ?> body) {
    return admin()
        .contentType("application/json")
        .body(body)
        .post("/api/keys")
        .then()
        .statusCode(201)
        .header("Cache-Control", "no-store")
        .body("key", startsWith("sk-sutazai-"))
        .extract()
        .jsonPath();
  }

  @Test
  void of_two_changes_of_limits_at_once_none_is_lost() throws Exception {
    // Given
    String id = make(Map.of("name", "limited", "scopes", new String[] {"tasks:read"})).get("id");

    for (int i = 1; i <= 20; i++) {
      // When
      int limit = i;
      var one = CompletableFuture.runAsync(() -> limit(id, "requests_per_minute", limit));
      var other = CompletableFuture.runAsync(() -> limit(id, "tokens_per_minute", limit));
      CompletableFuture.allOf(one, other).get(1, TimeUnit.MINUTES);

      // Then
      admin()
          .get("/api/keys/" + id)
          .then()
          .body("limits.requests_per_minute", equalTo(limit))
          .body("limits.tokens_per_minute", equalTo(limit));
    }
  }

  private static void limit(String id, String name, int limit) {
    admin()
        .contentType("application/json")
        .body(Map.of("limits", Map.of(name, limit)))
        .patch("/api/keys/" + id)
        .then()
        .statusCode(200);
  }

  @Test
  void a_key_opens_what_its_scopes_name() {
    // Given
    String key = key("alice", "tasks:read");

    // When, then
    with(key).get("/api/tasks").then().statusCode(200);
    with(key).get("/api/v1/tasks").then().statusCode(200);
    with(key)
        .contentType("application/json")
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks")
        .then()
        .statusCode(403)
        .contentType("application/problem+json")
        .body("detail", containsString("tasks:write"));
    with(key).get("/metrics").then().statusCode(403);
    with(key).get("/api/keys").then().statusCode(403).body("detail", containsString("admin"));
  }

  @Test
  void foreign_doors_refuse_in_their_own_words() {
    // Given
    String key = key("alice", "tasks:read");

    // When, then
    with(key)
        .body("{}")
        .post("/v1/chat/completions")
        .then()
        .statusCode(403)
        .body("error.message", containsString("models:use"));
    with(key).get("/api/tags").then().statusCode(403).body("error", containsString("models:use"));
    given().get("/v1/models").then().statusCode(401).body("error.message", notNullValue());
  }

  @Test
  void the_first_request_of_a_key_may_have_a_body() {
    // Given
    String key = key("alice", "tasks:write");

    // When
    Response answer =
        with(key).contentType("application/json").body("{\"type\":\"noop\"}").post("/api/tasks");

    // Then
    answer.then().statusCode(202).body("type", equalTo("noop"));
  }

  @Test
  void an_answer_that_is_kept_needs_the_scope_too() {
    // Given
    String writer = key("carol", "tasks:write");
    String reader = key("carol", "tasks:read");
    String id =
        with(writer)
            .contentType("application/json")
            .header("Prefer", "wait=60")
            .body("{\"type\":\"noop\"}")
            .post("/api/tasks")
            .path("id");
    await()
        .atMost(Duration.ofSeconds(60)) // word of the task's end may come after its answer
        .until(() -> "HIT".equals(with(reader).get("/api/tasks/" + id).header("X-Cache")));

    // When, then
    with(writer).get("/api/tasks/" + id).then().statusCode(403);
    with(key("dave", "tasks:read")).get("/api/tasks/" + id).then().statusCode(404);
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer wrong",
    "Bearer sk-sutazai-0123456789ab-0123456789012345678901234567890123456789012",
    "Basic YTpi",
    "Bearer",
    "''",
  })
  void what_is_no_key_is_refused(String header) {
    given()
        .header("Authorization", header)
        .get("/api/tasks")
        .then()
        .statusCode(401)
        .header("WWW-Authenticate", startsWith("Bearer"))
        .body("code", equalTo("unauthenticated"));
  }

  @Test
  void a_key_with_another_end_is_refused() {
    // Given
    String key = key("alice", "tasks:read");
    String other = key.substring(0, key.length() - 1) + (key.endsWith("A") ? "E" : "A");

    // When, then
    with(other).get("/api/tasks").then().statusCode(401);
    with(key).get("/api/tasks").then().statusCode(200);
  }

  @Test
  void the_secret_is_told_once() {
    // Given
    JsonPath made = make(Map.of("name", "once", "scopes", new String[] {"tasks:read"}));

    // When, then
    admin()
        .get("/api/keys/" + made.getString("id"))
        .then()
        .statusCode(200)
        .body("key", nullValue())
        .body("prefixes", hasSize(1))
        .body("name", equalTo("once"));
  }

  @Test
  void a_revoked_key_ends_at_once() {
    // Given
    JsonPath made = make(Map.of("name", "short", "scopes", new String[] {"tasks:read"}));
    String key = made.getString("key");
    with(key).get("/api/tasks").then().statusCode(200);

    // When
    admin()
        .delete("/api/keys/" + made.getString("id"))
        .then()
        .statusCode(200)
        .body("revoked_at", notNullValue());

    // Then
    with(key).get("/api/tasks").then().statusCode(401).body("detail", containsString("revoked"));
  }

  @Test
  void a_rotated_key_has_another_secret_and_the_old_one_its_grace() {
    // Given
    JsonPath made = make(Map.of("name", "turn", "scopes", new String[] {"tasks:read"}));
    String rotate = "/api/keys/" + made.getString("id") + "/rotate";

    // When
    String second =
        admin()
            .contentType("application/json")
            .body("{\"grace_seconds\":60}")
            .post(rotate)
            .then()
            .statusCode(200)
            .extract()
            .path("key");

    // Then
    with(made.getString("key")).get("/api/tasks").then().statusCode(200);
    with(second).get("/api/tasks").then().statusCode(200);

    // When
    String third =
        admin()
            .contentType("application/json")
            .post(rotate)
            .then()
            .statusCode(200)
            .extract()
            .path("key");

    // Then
    with(third).get("/api/tasks").then().statusCode(200);
    with(made.getString("key")).get("/api/tasks").then().statusCode(401);
    with(second).get("/api/tasks").then().statusCode(401);
    assertThat(third).isNotEqualTo(second);
  }

  @ParameterizedTest
  @CsvSource({
    "name,''",
    "owner,system",
    "owner,*",
    "scopes,nonsense",
    "expires_at,2020-01-01T00:00:00Z",
  })
  void a_key_that_breaks_a_rule_is_refused(String field, String value) {
    // Given
    var body =
        new java.util.HashMap<String, Object>(
            Map.of("name", "n", "scopes", new String[] {"tasks:read"}));
    body.put(field, field.equals("scopes") ? new String[] {value} : value);

    // When, then
    admin()
        .contentType("application/json")
        .body(body)
        .post("/api/keys")
        .then()
        .statusCode(400)
        .body("field", equalTo(field));
  }
}
