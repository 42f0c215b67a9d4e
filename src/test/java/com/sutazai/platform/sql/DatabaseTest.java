package com.sutazai.platform.sql;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DatabaseTest {
  private static final Statement ONE = Statement.of("test.one", "SELECT 1 AS one");
  private static final Statement PREPARED =
      Statement.of(
          "test.prepared",
          "SELECT count(*) > 0 AS there FROM pg_prepared_statements WHERE statement = $1");

  private final Database database;
  private final Storage storage;

  DatabaseTest(Database database, Storage storage) {
    this.database = database;
    this.storage = storage;
  }

  @AfterEach
  void room() {
    storage.isEnough();
  }

  /** What a statement is refused with that fails with that SQLSTATE. */
  private void assertRefused(String state, ErrorCode code) {
    Statement failing =
        Statement.of(
            "test.refused",
            "DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '" + state + "'; END $$");
    assertThatThrownBy(() -> database.transaction(sql -> sql.update(failing)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.retryAfter() != null).isEqualTo(code.isOutage());
            });
  }

  @Test
  void what_another_transaction_was_quicker_with_is_a_conflict() {
    assertRefused("23505", ErrorCode.CONFLICT);
    assertRefused("23503", ErrorCode.CONFLICT);
  }

  @Test
  void what_was_given_up_for_another_transaction_may_be_sent_again() {
    assertRefused("40001", ErrorCode.DATABASE_UNAVAILABLE);
    assertRefused("40P01", ErrorCode.DATABASE_UNAVAILABLE);
  }

  @Test
  void connections_are_counted_by_state() {
    String before = metrics();
    String during =
        database.transaction(
            sql -> {
              sql.query(ONE);
              return metrics();
            });

    assertThat(before).contains("db_pool_connections_max 10.0");
    assertThat(value(during, "used")).isGreaterThanOrEqualTo(1);
    assertThat(value(during, "used") + value(during, "idle")).isBetween(1.0, 10.0);
    assertThat(during).contains("db_query_duration_seconds_count{statement=\"test.one\"}");
  }

  private static String metrics() {
    return given().get("/metrics").asString();
  }

  private static double value(String metrics, String state) {
    String line = "db_pool_connections{state=\"" + state + "\"} ";
    return metrics
        .lines()
        .filter(each -> each.startsWith(line))
        .mapToDouble(each -> Double.parseDouble(each.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void without_room_nothing_new_is_accepted_and_all_else_goes_on() {
    storage.isShort("Only 3 MB are free");

    for (String path : new String[] {"/api/tasks", "/api/agents", "/process"}) {
      given()
          .contentType("application/json")
          .body(
              path.equals("/api/agents")
                  ? "{\"name\":\"full\",\"type\":\"x\"}"
                  : "{\"type\":\"noop\"}")
          .post(path)
          .then()
          .statusCode(503)
          .header("Retry-After", notNullValue())
          .body("code", equalTo("database_unavailable"))
          .body("detail", containsString("3 MB"));
    }
    given().get("/api/tasks").then().statusCode(200);
    given()
        .get("/health")
        .then()
        .statusCode(200)
        .body("status", equalTo("degraded"))
        .body("checks.database", equalTo("disk_full"));

    storage.isEnough();
    given()
        .contentType("application/json")
        .body("{\"type\":\"noop\"}")
        .header("Prefer", "wait=30")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
    given().get("/health").then().body("status", equalTo("ok"));
  }

  @Test
  void what_may_work_later_is_an_outage() {
    for (String state : new String[] {"53100", "53300", "57P03", "57014", "58030"}) {
      Statement failing =
          Statement.of(
              "test.state_" + state,
              "DO $$ BEGIN RAISE 'no' USING ERRCODE = '" + state + "'; END $$");

      assertThatThrownBy(() -> database.update(failing))
          .as(state)
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_UNAVAILABLE));
    }
  }

  @Test
  void a_session_begins_with_our_settings() {
    // When
    var row =
        database
            .query(
                Statement.of(
                    "test.session",
                    """
                SELECT current_setting('synchronous_commit') AS commit, current_schema() AS schema,
                       current_setting('statement_timeout') AS statement,
                       current_setting('idle_in_transaction_session_timeout') AS idle
                """))
            .getFirst();

    // Then
    assertThat(row.getString("commit")).isEqualTo("on");
    assertThat(row.getString("schema")).isEqualTo("sutazai");
    assertThat(row.getString("statement")).isEqualTo("1min");
    assertThat(row.getString("idle")).isEqualTo("1min");
  }

  @Test
  void statements_stay_prepared() {
    // When
    List<Boolean> prepared =
        database.transaction(
            sql -> {
              sql.query(ONE);
              return sql.query(PREPARED, ONE.text()).stream()
                  .map(row -> row.getBoolean("there"))
                  .toList();
            });

    // Then
    assertThat(prepared).containsExactly(true);
  }

  @Test
  void a_transaction_in_which_a_statement_failed_is_not_committed() {
    assertThatThrownBy(
            () ->
                database.transaction(
                    sql -> {
                      sql.query(ONE);
                      try {
                        sql.query(Statement.of("test.wrong", "SELECT 1 / 0"));
                      } catch (ProblemException e) {
                        // the work goes on as if nothing had been
                      }
                      return true;
                    }))
        .isInstanceOf(RuntimeException.class);
  }
}
