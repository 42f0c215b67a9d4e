package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.Job;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is held of claimed tasks that wait for a worker. */
@QuarkusTest
class LongPayloadTest {
  private static final String SHORT = "{\"text\": \"%s\"}".formatted("x".repeat(16_000));
  private static final String REPETITIVE = "{\"text\": \"%s\"}".formatted("x".repeat(1_000_000));
  private static final String VARIED = "{\"text\": \"%s\"}".formatted(varied(500_000));

  private final TaskRepository repository;
  private final Database database;
  private final Ids ids;
  private final String type = "long-payload-" + UUID.randomUUID();

  LongPayloadTest(TaskRepository repository, Database database, Ids ids) {
    this.repository = repository;
    this.database = database;
    this.ids = ids;
  }

  private static String varied(int bytes) {
    byte[] noise = new byte[bytes];
    new Random(1).nextBytes(noise);
    return HexFormat.of().formatHex(noise);
  }

  @AfterEach
  void leaveNothing() {
    database.update(Statement.of("test.delete_jobs", "DELETE FROM jobs WHERE type = $1"), type);
    database.update(Statement.of("test.delete", "DELETE FROM tasks WHERE type = $1"), type);
  }

  private NewTask task(String payload) {
    return new NewTask(
        ids.next(),
        Caller.LOCAL_OWNER,
        true,
        null,
        type,
        null,
        null,
        false,
        5,
        3,
        300,
        List.of(),
        payload,
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        List.of(),
        null);
  }

  @Test
  void a_claim_brings_short_payloads_alone_and_who_has_the_lease_gets_the_others() {
    // Given
    UUID lease = ids.next();
    List<NewTask> tasks = List.of(task(SHORT), task(REPETITIVE), task(VARIED));
    repository.submitClaimed(database, tasks, lease, Duration.ofMinutes(5));
    List<UUID> claimed = tasks.stream().map(NewTask::id).toList();

    // When
    List<Row> rows = repository.load(database, claimed, lease);

    // Then
    assertThat(rows)
        .extracting(row -> row.getUUID("id"))
        .containsExactlyInAnyOrderElementsOf(claimed);
    assertThat(rows)
        .extracting(row -> row.getString("payload"))
        .containsExactlyInAnyOrder(SHORT, null, null);
    for (NewTask task : tasks) {
      assertThat(repository.payload(database, new Job(task.id(), type, lease)))
          .hasValue(task.payload());
      assertThat(repository.payload(database, new Job(task.id(), type, ids.next()))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\": \"relay\", \"payload\": %s}",
        "{\"type\": \"orchestrate\", \"payload\": {\"type\": \"relay\", \"payload\": %s}}"
      })
  void a_task_gets_its_long_payload_whether_it_begins_at_once_or_is_claimed(String task) {
    String text = varied(50_000);
    given()
        .contentType(ContentType.JSON)
        .header("Prefer", "wait=60")
        .body(task.formatted("{\"text\": \"" + text + "\"}"))
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"))
        .body(
            task.contains("orchestrate") ? "result.result.echo.text" : "result.echo.text",
            equalTo(text));
  }
}
