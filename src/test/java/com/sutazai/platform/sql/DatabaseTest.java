package com.sutazai.platform.sql;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DatabaseTest {
  private static final Statement ONE = Statement.of("test.one", "SELECT 1 AS one");

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
}
