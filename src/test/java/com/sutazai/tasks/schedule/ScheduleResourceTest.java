package com.sutazai.tasks.schedule;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class ScheduleResourceTest {
  private final Database database;
  private final String name = "schedule-test-" + UUID.randomUUID();

  ScheduleResourceTest(Database database) {
    this.database = database;
  }

  @AfterEach
  void leaveNothing() {
    database.update(
        Statement.of("test.delete", "DELETE FROM schedules WHERE name LIKE 'schedule-test-%'"));
  }

  private static RequestSpecification json(String body) {
    return given().contentType("application/json").body(body);
  }

  private String make(String name) {
    return json("""
        {"name":"%s","cron":"0 4 1 1 *","task":{"type":"noop","payload":{"a":1,"b":2}}}"""
            .formatted(name))
        .post("/api/schedules")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  @Test
  void a_schedule_is_made_with_its_next_moment_and_read_back() {
    // When
    String id =
        json("""
            {"name":"%s","cron":" 30 2 * * 1-5 ","time_zone":"Europe/Zurich","missed":"skip",
             "task":{"type":"noop","payload":{"n":null},"priority":7}}"""
                .formatted(name))
            .post("/api/v1/schedules")
            .then()
            .statusCode(201)
            .header("ETag", equalTo("\"1\""))
            .header("Location", containsString("/api/schedules/"))
            .body("name", equalTo(name))
            .body("cron", equalTo("30 2 * * 1-5"))
            .body("time_zone", equalTo("Europe/Zurich"))
            .body("enabled", equalTo(true))
            .body("missed", equalTo("skip"))
            .body("task.type", equalTo("noop"))
            .body("task.priority", equalTo(7))
            .body("task.payload", hasKey("n"))
            .body("task", not(hasKey("run_at")))
            .body("last_run_at", nullValue())
            .body("last_task_id", nullValue())
            .body("last_error", nullValue())
            .body("created_at", notNullValue())
            .body("updated_at", notNullValue())
            .extract()
            .path("id");

    // Then
    String next =
        given()
            .get("/api/schedules/" + id)
            .then()
            .statusCode(200)
            .header("ETag", equalTo("\"1\""))
            .body("id", equalTo(id))
            .extract()
            .path("next_run_at");
    var local = OffsetDateTime.parse(next).atZoneSameInstant(ZoneId.of("Europe/Zurich"));
    assertThat(local.toInstant()).isAfter(OffsetDateTime.now(local.getOffset()).toInstant());
    assertThat(local.getMinute()).isIn(0, 30);
  }

  @Test
  void what_is_left_out_has_a_default() {
    String id = make(name);
    given()
        .get("/api/schedules/" + id)
        .then()
        .body("time_zone", equalTo("UTC"))
        .body("enabled", equalTo(true))
        .body("missed", equalTo("once"))
        .body("next_run_at", endsWith("-01-01T04:00:00Z"));
  }

  @Test
  void schedules_are_listed_newest_first_page_by_page() {
    // Given
    String older = make(name + "-1");
    String newer = make(name + "-2");

    // When
    var first = given().get("/api/schedules?limit=1").then().statusCode(200);

    // Then
    first.body("items.id", equalTo(List.of(newer)));
    String cursor = first.extract().path("next_cursor");
    given()
        .get("/api/schedules?limit=1&cursor=" + cursor)
        .then()
        .statusCode(200)
        .body("items.id", equalTo(List.of(older)));
  }

  @Test
  void a_patch_merges_as_rfc_7396_says() {
    // Given
    String id = make(name);

    // When, then
    json("""
        {"cron":"15 4 1 1 *","time_zone":"Asia/Kolkata","task":{"payload":{"a":null,"c":3},"priority":9}}""")
        .header("If-Match", "\"1\"")
        .patch("/api/schedules/" + id)
        .then()
        .statusCode(200)
        .header("ETag", equalTo("\"2\""))
        .body("name", equalTo(name))
        .body("next_run_at", endsWith("-12-31T22:45:00Z"))
        .body("task.type", equalTo("noop"))
        .body("task.priority", equalTo(9))
        .body("task.payload", not(hasKey("a")))
        .body("task.payload.b", equalTo(2))
        .body("task.payload.c", equalTo(3));
    json("{\"time_zone\":null}")
        .contentType("application/merge-patch+json")
        .patch("/api/schedules/" + id)
        .then()
        .statusCode(200)
        .body("time_zone", equalTo("UTC"))
        .body("next_run_at", endsWith("-01-01T04:15:00Z"));
  }

  @Test
  void a_schedule_that_is_not_enabled_has_no_next_moment() {
    // Given
    String id = make(name);

    // When, then
    json("{\"enabled\":false}")
        .patch("/api/schedules/" + id)
        .then()
        .statusCode(200)
        .body("enabled", equalTo(false))
        .body("next_run_at", nullValue());
    json("{\"enabled\":true}")
        .patch("/api/schedules/" + id)
        .then()
        .statusCode(200)
        .body("next_run_at", endsWith("-01-01T04:00:00Z"));
  }

  @Test
  void a_stale_write_is_refused() {
    // Given
    String id = make(name);

    // When, then
    json("{\"enabled\":false}")
        .header("If-Match", "\"7\"")
        .patch("/api/schedules/" + id)
        .then()
        .statusCode(412)
        .body("code", equalTo("precondition_failed"));
    given().header("If-Match", "\"7\"").delete("/api/schedules/" + id).then().statusCode(412);
    given().header("If-Match", "\"1\"").delete("/api/schedules/" + id).then().statusCode(204);
  }

  @Test
  void a_deleted_schedule_is_gone() {
    // Given
    String id = make(name);

    // When, then
    given().delete("/api/schedules/" + id).then().statusCode(204);
    given().get("/api/schedules/" + id).then().statusCode(404).body("code", equalTo("not_found"));
    given().delete("/api/schedules/" + id).then().statusCode(404);
    json("{}").patch("/api/schedules/" + id).then().statusCode(404);
  }

  @Test
  void a_name_is_taken_once_per_owner() {
    // Given
    make(name);
    String other = make(name + "-other");

    // When, then
    json("{\"name\":\"%s\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\"}}".formatted(name))
        .post("/api/schedules")
        .then()
        .statusCode(409)
        .body("code", equalTo("conflict"));
    json("{\"name\":\"%s\"}".formatted(name))
        .patch("/api/schedules/" + other)
        .then()
        .statusCode(409)
        .body("code", equalTo("conflict"));
  }

  @Test
  void another_owners_schedule_is_not_seen() {
    // Given
    UUID foreign = UUID.fromString(make(name));
    database.update(
        Statement.of("test.give_away", "UPDATE schedules SET owner_id = $2 WHERE id = $1"),
        foreign,
        Caller.SYSTEM_OWNER);

    // When, then
    String path = "/api/schedules/" + foreign;
    given().get(path).then().statusCode(404);
    json("{\"enabled\":false}").patch(path).then().statusCode(404);
    given().delete(path).then().statusCode(404);
    given().get("/api/schedules").then().body("items.id", not(hasItem(foreign.toString())));
    make(name);
  }

  @Test
  void an_owner_has_a_thousand_schedules_at_most() {
    // Given
    database.update(
        Statement.of(
            "test.fill",
            """
            INSERT INTO schedules (id, owner_id, name, cron, time_zone, enabled, missed, task, created_at, updated_at)
            SELECT gen_random_uuid(), $1, 'schedule-test-' || i, '* * * * *', 'UTC', false, 'once', '{"type":"noop"}', now(), now()
            FROM generate_series(1, 1000) i
            """),
        Caller.LOCAL_OWNER);

    // When, then
    json("{\"name\":\"%s\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\"}}".formatted(name))
        .post("/api/schedules")
        .then()
        .statusCode(409)
        .body("code", equalTo("wrong_state"))
        .body("detail", containsString("sutazai.tasks.max-schedules"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|400|cron",
        "{\"cron\":\"* * * * *\"}|400|task",
        "{\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\"}}|400|name",
        "{\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\"},\"name\":\" \"}|400|name",
        "{\"name\":\"n\",\"cron\":\"61 * * * *\",\"task\":{\"type\":\"noop\"}}|400|cron",
        "{\"name\":\"n\",\"cron\":\"0 0 30 2 *\",\"task\":{\"type\":\"noop\"}}|400|cron",
        "{\"name\":\"n\",\"cron\":[],\"task\":{\"type\":\"noop\"}}|400|cron",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"time_zone\":\"Nowhere\",\"task\":{\"type\":\"noop\"}}|400|time_zone",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"missed\":\"twice\",\"task\":{\"type\":\"noop\"}}|400|missed",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"enabled\":\"perhaps\",\"task\":{\"type\":\"noop\"}}|400|enabled",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"color\":1,\"task\":{\"type\":\"noop\"}}|400|color",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{}}|400|task.type",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"priority\":11}}|400|task.priority",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"color\":1}}|400|task.color",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"payload\":\"\\u0000\"}}|400|task.payload",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"run_at\":\"2030-01-01T00:00:00Z\"}}|400|task.run_at",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"expires_at\":\"2030-01-01T00:00:00Z\"}}|400|task.expires_at",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"depends_on\":[]}}|400|task.depends_on",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"nobody-runs-this\"}}|422|",
        "{\"name\":\"n\",\"cron\":\"* * * * *\",\"task\":{\"type\":\"noop\",\"required_capabilities\":[\"flying\"]}}|422|",
      })
  void bad_input_names_the_field(String body, int status, String field) {
    json(body)
        .post("/api/schedules")
        .then()
        .statusCode(status)
        .body("field", field == null ? nullValue() : equalTo(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":null}|400|name",
        "{\"cron\":\"* * * *\"}|400|cron",
        "{\"task\":null}|400|task",
        "{\"task\":7}|400|task",
        "{\"task\":{\"priority\":\"high\"}}|400|task.priority",
        "{\"task\":{\"run_at\":\"2030-01-01T00:00:00Z\"}}|400|task.run_at",
        "{\"color\":1}|400|color",
        "{\"task\":{\"type\":\"nobody-runs-this\"}}|422|",
      })
  void a_bad_patch_names_the_field_and_changes_nothing(String patch, int status, String field) {
    // Given
    String id = make(name);

    // When
    var answer = json(patch).patch("/api/schedules/" + id).then();

    // Then
    answer.statusCode(status).body("field", field == null ? nullValue() : equalTo(field));
    given().get("/api/schedules/" + id).then().header("ETag", equalTo("\"1\""));
  }
}
