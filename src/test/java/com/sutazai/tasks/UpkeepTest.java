package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class UpkeepTest {
  /** A task of a type that nobody runs, with a job that has expired. */
  private static final Statement EXPIRED =
      Statement.of(
          "test.expired",
          """
          WITH task AS (
            INSERT INTO tasks (id, owner_id, type, payload, created_at, run_at, error_code, error_detail)
            VALUES ($1, $2, 'upkeep-test', '{}', now(), now(), $4::text, $4::text || ' it was')
            RETURNING id, owner_id, type)
          INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, expires_at, attempt)
          SELECT id, owner_id, type, 5, now() + interval '1 hour', now(), $3 FROM task
          """);

  private final Database database;
  private final Ids ids;

  UpkeepTest(Database database, Ids ids) {
    this.database = database;
    this.ids = ids;
  }

  @ParameterizedTest
  @CsvSource({
    "0, , It was not begun before expires_at.",
    "1, , It was not begun again before expires_at.",
    "1, broken, It was not begun again before expires_at; the last try failed as broken: broken it was"
  })
  void a_task_that_expires_tells_whether_it_was_tried(int attempt, String error, String detail) {
    // Given
    UUID id = ids.next();

    // When
    database.update(EXPIRED, id, Caller.LOCAL_OWNER, attempt, error);

    // Then
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> given().get("/api/tasks/" + id).path("status").equals("failed"));
    JsonPath task = given().get("/api/tasks/" + id).jsonPath();
    assertThat(task.getString("error.code")).isEqualTo("expired");
    assertThat(task.getString("error.detail")).isEqualTo(detail);
    assertThat(task.getInt("attempt")).isEqualTo(attempt);
  }
}
