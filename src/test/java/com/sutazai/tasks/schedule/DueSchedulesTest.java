package com.sutazai.tasks.schedule;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Runs of schedules whose next moment is put into the past. The program itself looks too, as one
 * more process would.
 */
@QuarkusTest
class DueSchedulesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final DueSchedules due;
  private final Database database;
  private final String name = "due-test-" + UUID.randomUUID();

  DueSchedulesTest(DueSchedules due, Database database) {
    this.due = due;
    this.database = database;
  }

  @AfterEach
  void leaveNothing() {
    database.update(
        Statement.of("test.delete", "DELETE FROM schedules WHERE name LIKE 'due-test-%'"));
  }

  /** Its own next moment is far away. */
  private UUID make(String name, String missed, String task) {
    return make(name, "0 4 1 1 *", missed, task);
  }

  private static UUID make(String name, String cron, String missed, String task) {
    String id =
        given()
            .contentType("application/json")
            .body(
                "{\"name\":\"%s\",\"cron\":\"%s\",\"missed\":\"%s\",\"task\":%s}"
                    .formatted(name, cron, missed, task))
            .post("/api/schedules")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    return UUID.fromString(id);
  }

  private static String noop(String mark) {
    return task("noop", mark);
  }

  private static String task(String type, String mark) {
    return "{\"type\":\"%s\",\"payload\":{\"mark\":\"%s\"}}".formatted(type, mark);
  }

  private void putBack(String interval) {
    database.update(
        Statement.of(
            "test.put_back",
            """
            UPDATE schedules SET next_run_at = date_trunc('minute', now()) - $2::text::interval
            WHERE name LIKE $1 || '%'
            """),
        name,
        interval);
  }

  private long tasks(String mark) {
    return database
        .query(
            Statement.of(
                "test.tasks", "SELECT count(*) AS tasks FROM tasks WHERE payload ->> 'mark' = $1"),
            mark)
        .getFirst()
        .getLong("tasks");
  }

  private JsonObject movedOn(UUID id) {
    return await()
        .atMost(LONG)
        .until(
            () -> new JsonObject(given().get("/api/schedules/" + id).asString()),
            schedule -> schedule.getInstant("next_run_at").isAfter(Instant.now()));
  }

  private static double counted(String outcome) {
    String sample = "schedule_runs_total{outcome=\"" + outcome + "\"} ";
    return given()
        .get("/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
        .sum();
  }

  @Test
  void a_due_schedule_submits_its_task_and_moves_on() {
    // Given
    UUID id = make(name, "once", noop(name));

    // When
    putBack("0");

    // Then
    JsonObject schedule = movedOn(id);
    assertThat(tasks(name)).isEqualTo(1);
    assertThat(schedule.getInstant("last_run_at")).isNotNull();
    assertThat(schedule.getValue("last_error")).isNull();
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                given()
                    .get("/api/tasks/" + schedule.getString("last_task_id"))
                    .then()
                    .statusCode(200)
                    .body("payload.mark", equalTo(name))
                    .body("status", equalTo("completed")));
  }

  @Test
  void each_due_moment_makes_one_task_however_many_look() throws Exception {
    // Given
    int schedules = 250;
    double before = counted("submitted");
    database.update(
        Statement.of(
            "test.fill",
            """
            INSERT INTO schedules (id, owner_id, name, cron, time_zone, enabled, missed, task, next_run_at, created_at, updated_at)
            SELECT gen_random_uuid(), $1, $2::text || '-' || i, '0 4 1 1 *', 'UTC', true, 'once',
                   jsonb_build_object('type', 'noop', 'payload', jsonb_build_object('mark', $2::text || '-' || i)),
                   now() - interval '1 hour', now(), now()
            FROM generate_series(1, $3::int) i
            """),
        Caller.LOCAL_OWNER,
        name,
        schedules);

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        threads.submit(
            () -> {
              while (due.submitDue() > 0) {
                Thread.onSpinWait();
              }
            });
      }
    }

    // Then
    Statement runs =
        Statement.of(
            "test.runs",
            """
            WITH made AS MATERIALIZED ( -- other tests leave many tasks
              SELECT id, payload ->> 'mark' AS mark FROM tasks WHERE payload ->> 'mark' LIKE $1 || '%')
            SELECT s.name, count(t.id) AS tasks, bool_and(t.id = s.last_task_id) AS known
            FROM schedules s LEFT JOIN made t ON t.mark = s.name
            WHERE s.name LIKE $1 || '%' AND s.next_run_at > now()
            GROUP BY s.name
            """);
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(database.query(runs, name)).hasSize(schedules));
    assertThat(database.query(runs, name))
        .allMatch(row -> row.getLong("tasks") == 1 && row.getBoolean("known"));
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(counted("submitted") - before).isEqualTo(schedules));
  }

  @Test
  void moments_that_were_missed_make_one_task_together_or_none() {
    // Given
    int farAway = (LocalTime.now(ZoneOffset.UTC).getMinute() + 30) % 60;
    UUID once = make(name + "-once", farAway + " * * * *", "once", noop(name + "-once"));
    UUID skip = make(name + "-skip", "skip", noop(name + "-skip"));
    double skipped = counted("skipped");

    // When
    putBack("2 days");

    // Then
    movedOn(once);
    JsonObject schedule = movedOn(skip);
    assertThat(tasks(name + "-once")).isEqualTo(1);
    assertThat(tasks(name + "-skip")).isZero();
    assertThat(schedule.getValue("last_run_at")).isNull();
    assertThat(schedule.getValue("last_error")).isNull();
    await().atMost(LONG).until(() -> counted("skipped") > skipped);
  }

  @Test
  void a_moment_of_less_than_a_minute_ago_is_not_skipped() {
    // Given
    UUID id = make(name, "* * * * *", "skip", noop(name));

    // When
    putBack("10 minutes");

    // Then
    assertThat(movedOn(id).getString("last_task_id")).isNotNull();
  }

  @Test
  void a_task_that_cannot_be_taken_is_told_and_the_others_go_on() {
    // Given
    String type = "due-test-" + UUID.randomUUID();
    String worker =
        given()
            .contentType("application/json")
            .body("{\"agent_name\":\"%s\",\"agent_type\":\"%s\"}".formatted(name, type))
            .post("/api/agents/register")
            .then()
            .extract()
            .path("agent_id");
    UUID orphan = make(name + "-orphan", "once", task(type, name));
    UUID good = make(name + "-good", "once", noop(name + "-good"));
    given().delete("/api/agents/" + worker).then().statusCode(204);

    // When
    putBack("0");

    // Then
    JsonObject error = movedOn(orphan).getJsonObject("last_error");
    assertThat(error.getString("code")).isEqualTo("unknown_task_type");
    assertThat(error.getString("detail")).contains("task.type " + type);
    movedOn(good);
    assertThat(tasks(name + "-good")).isEqualTo(1);
  }

  @Test
  void an_error_is_forgotten_when_a_task_was_made_again() {
    // Given
    UUID id = make(name, "once", noop(name));
    database.update(
        Statement.of("test.error", "UPDATE schedules SET error_code = 'queue_full' WHERE id = $1"),
        id);

    // When
    putBack("0");

    // Then
    assertThat(movedOn(id).getValue("last_error")).isNull();
  }

  @Test
  void a_task_that_the_database_refuses_does_not_hold_up_the_others() {
    // Given
    database.update(
        Statement.of(
            "test.refusal",
            """
            CREATE OR REPLACE FUNCTION due_test_refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$
            """));
    database.update(
        Statement.of(
            "test.refuse",
            """
            CREATE TRIGGER due_test_refuse BEFORE INSERT ON tasks FOR EACH ROW
            WHEN (NEW.payload ->> 'mark' LIKE 'due-test-refused-%') EXECUTE FUNCTION due_test_refuse()
            """));
    try {
      List<UUID> good = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        good.add(make(name + "-" + i, "once", noop(name + "-" + i)));
      }
      UUID refused = make(name + "-refused", "once", noop("due-test-refused-" + name));

      // When
      putBack("0");

      // Then
      assertThat(movedOn(refused).getJsonObject("last_error").getString("code"))
          .isEqualTo("internal");
      good.forEach(this::movedOn);
      for (int i = 0; i < 3; i++) {
        assertThat(tasks(name + "-" + i)).isEqualTo(1);
      }
    } finally {
      database.update(Statement.of("test.no_refusal", "DROP FUNCTION due_test_refuse() CASCADE"));
    }
  }

  @Test
  void a_timetable_that_cannot_be_read_any_more_is_told() {
    // Given
    UUID id = make(name, "once", noop(name));
    database.update(
        Statement.of("test.zone", "UPDATE schedules SET time_zone = 'Mars/Base' WHERE id = $1"),
        id);

    // When
    putBack("0");

    // Then
    assertThat(movedOn(id).getJsonObject("last_error").getString("detail"))
        .contains("time_zone must be");
  }
}
