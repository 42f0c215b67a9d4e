package com.sutazai.tasks.workflow;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tasks outside of workflows pay nothing for them, nor for a copy of the graph that nobody has. */
@QuarkusTest
class WorkflowCostTest {
  private static final Pattern COUNT =
      Pattern.compile(
          "^db_query_duration_seconds_count\\{statement=\"((?:tasks|workflow|graph)[^\"]*)\"} (\\S+)",
          Pattern.MULTILINE);

  /** What workflows ask once a second whatever happens. */
  private static final String LOOK = "workflow_signals.due";

  private final Database database;

  WorkflowCostTest(Database database) {
    this.database = database;
  }

  private static Map<String, Double> counts() {
    Map<String, Double> counts = new TreeMap<>();
    COUNT
        .matcher(given().get("/metrics").asString())
        .results()
        .forEach(found -> counts.put(found.group(1), Double.valueOf(found.group(2))));
    return counts;
  }

  /** Signals to workflows and changes of the graph that were ever stored. */
  private long noted() {
    return database
        .query(
            Statement.of(
                "test.noted_so_far",
                """
                SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM workflow_signals_id_seq)
                  + (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM graph_changes_id_seq) AS noted
                """))
        .getFirst()
        .getLong("noted");
  }

  private static void runTask() {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body("{\"type\":\"noop\"}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
  }

  /** Again until nothing that other tests left runs beside it. */
  @Test
  void a_task_takes_one_statement_to_be_stored_and_one_to_end_and_notes_nothing() {
    await().atMost(Duration.ofMinutes(1)).untilAsserted(this::assertCost);
  }

  private void assertCost() {
    // Given
    Map<String, Double> before = counts();
    long notedBefore = noted();

    // When
    runTask();

    // Then
    Map<String, Double> more = new TreeMap<>();
    counts()
        .forEach(
            (statement, count) -> {
              double times = count - before.getOrDefault(statement, 0.0);
              if (times > 0 && !statement.equals(LOOK) && !statement.equals("tasks.find")) {
                more.put(statement, times);
              }
            });
    assertThat(more).isEqualTo(Map.of("tasks.submit_claimed", 1.0, "tasks.complete", 1.0));
    assertThat(noted()).isEqualTo(notedBefore);
  }
}
