package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ClosedMode.class)
class AuditTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Database database;

  AuditTest(Database database) {
    this.database = database;
  }

  private static JsonPath search(String name, String value) {
    return admin()
        .queryParam(name, value)
        .queryParam("limit", 500)
        .get("/api/audit")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  @Test
  void what_an_administrator_does_is_written_down_without_secrets() {
    // Given
    JsonPath made =
        admin()
            .contentType("application/json")
            .body(Map.of("name", "audited", "scopes", new String[] {"tasks:read"}))
            .post("/api/keys")
            .jsonPath();

    // When
    JsonPath found = search("action", "key.make");

    // Then
    assertThat(found.<String>getList("items.target")).contains(made.getString("id"));
    assertThat(found.prettify()).doesNotContain(made.getString("key"));
    assertThat(found.getString("items[0].owner")).isEqualTo("local");
    assertThat(found.getString("items[0].address")).isEqualTo("127.0.0.1");
    assertThat(found.getString("items[0].outcome")).isEqualTo("done");
    assertThat(found.getString("items[0].request_id")).isNotBlank();
  }

  @Test
  void other_actions_of_administrators_are_written_with_their_outcome() {
    // When
    admin().delete("/api/cache?tag=agents").then().statusCode(200);

    // Then: it is written when the request ends, which is after its answer
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonPath found = search("action", "DELETE /api/cache");
              assertThat(found.<String>getList("items.outcome")).contains("done");
              assertThat(found.<Integer>getList("items.status")).contains(200);
            });
  }

  @Test
  void a_flood_of_refusals_is_few_rows() {
    // Given
    String owner = "flood-" + UUID.randomUUID();
    String key = key(owner, "tasks:read");

    // When
    for (int i = 0; i < 30; i++) {
      with(key).get("/api/agents/" + i).then().statusCode(403);
    }

    // Then
    JsonPath found = search("of", owner);
    assertThat(found.<Integer>getList("items.count").stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(30);
    assertThat(found.<String>getList("items.outcome")).containsOnly("denied").hasSizeLessThan(5);
  }

  @Test
  void things_of_others_are_for_administrators_that_name_them_and_written_down() {
    // Given
    String owner = "seen-" + UUID.randomUUID();
    String id =
        with(key(owner, "tasks:write"))
            .contentType("application/json")
            .body("{\"type\":\"noop\"}")
            .post("/api/tasks")
            .path("id");

    // When, then
    admin().get("/api/tasks/" + id).then().statusCode(404);
    admin().get("/api/tasks/" + id + "?owner=" + owner).then().statusCode(200);
    admin().get("/api/tasks?owner=" + owner).then().body("items", hasSize(1));
    admin().get("/api/tasks?owner=nobody-" + owner).then().statusCode(404);
    with(key("other", "tasks:read"))
        .get("/api/tasks/" + id + "?owner=" + owner)
        .then()
        .statusCode(403);
    with(key(owner, "tasks:read")).get("/api/tasks?owner=" + owner).then().statusCode(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                admin()
                    .get("/api/audit?limit=500")
                    .then()
                    .body("items.target", hasItem("/api/tasks/" + id + " of " + owner)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE audit_log SET action = 'nothing'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
      })
  void nobody_changes_what_is_written(String text) {
    admin().delete("/api/cache?tag=agents").then().statusCode(200);
    search("outcome", "done");
    assertThatThrownBy(() -> database.update(Statement.of("test", text)))
        .hasMessageContaining("audit_log takes no");
  }

  @Test
  void a_search_that_breaks_a_rule_is_refused() {
    admin()
        .get("/api/audit?outcome=perhaps")
        .then()
        .statusCode(400)
        .body("field", equalTo("outcome"));
    admin().get("/api/audit?from=now").then().statusCode(400).body("field", equalTo("from"));
  }

  @Test
  void rows_go_when_they_are_old_by_the_one_way_there_is() {
    // Given
    UUID old = new UUID(1L << 16 | 0x7000, Long.MIN_VALUE | 7);
    database.update(
        Statement.of(
            "test",
            "INSERT INTO audit_log (id, at, action, target, outcome) VALUES ($1, 'epoch', 'old', 'old', 'done')"),
        old);

    // When
    long removed =
        database
            .query(
                Statement.of("test", "SELECT remove_old_audit_log($1::uuid, 10) AS removed"),
                new UUID(2L << 16 | 0x7000, Long.MIN_VALUE))
            .getFirst()
            .getLong("removed");

    // Then
    assertThat(removed).isEqualTo(1);
    assertThat(search("action", "old").<List<?>>get("items")).isEmpty();
  }
}
