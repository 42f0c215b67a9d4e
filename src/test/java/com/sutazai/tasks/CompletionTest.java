package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.agents.BuiltInAgents;
import com.sutazai.inference.usage.UsageRow;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.tasks.TaskRepository.Completion;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results that are stored together. */
@QuarkusTest
class CompletionTest {
  private final TaskRepository repository;
  private final Database database;
  private final BuiltInAgents agents;
  private final Ids ids;

  CompletionTest(TaskRepository repository, Database database, BuiltInAgents agents, Ids ids) {
    this.repository = repository;
    this.database = database;
    this.agents = agents;
    this.ids = ids;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void of_two_results_of_a_task_the_one_counts_whose_lease_holds(boolean lostFirst) {
    // Given
    UUID lease = ids.next();
    UUID id = claimed(lease);
    Completion lost = completion(id, ids.next(), "lost");
    Completion held = completion(id, lease, "held");

    // When
    var stored =
        repository.complete(database, lostFirst ? List.of(lost, held) : List.of(held, lost));

    // Then
    assertThat(stored).containsExactly(id);
    given()
        .when()
        .get("/api/tasks/{id}", id)
        .then()
        .body("status", equalTo("completed"))
        .body("result.by", equalTo("held"));
  }

  @Test
  void a_lease_of_another_task_ends_nothing() {
    // Given
    UUID lease = ids.next();
    UUID otherLease = ids.next();
    UUID id = claimed(lease);
    UUID other = claimed(otherLease);

    // When
    var stored =
        repository.complete(
            database,
            List.of(completion(id, otherLease, "lost"), completion(other, lease, "lost")));

    // Then
    assertThat(stored).isEmpty();
    given().get("/api/tasks/{id}", id).then().body("status", equalTo("processing"));
  }

  @Test
  void each_task_gets_the_result_that_was_for_it() {
    // Given
    UUID lease = ids.next();
    UUID otherLease = ids.next();
    UUID id = claimed(lease);
    UUID other = claimed(otherLease);

    // When
    var stored =
        repository.complete(
            database,
            List.of(completion(other, otherLease, "other"), completion(id, lease, "one")));

    // Then
    assertThat(stored).containsExactlyInAnyOrder(id, other);
    given().get("/api/tasks/{id}", id).then().body("result.by", equalTo("one"));
    given().get("/api/tasks/{id}", other).then().body("result.by", equalTo("other"));
  }

  @Test
  void what_results_used_that_are_stored_together_is_counted_where_the_lease_holds() {
    // Given
    UUID lease = ids.next();
    List<UUID> tasks = List.of(claimed(lease), claimed(lease), claimed(lease));
    UUID owner = ids.next();
    UsageRow once = usage(owner);

    // When
    var stored =
        repository.complete(
            database,
            List.of(
                completion(tasks.get(0), lease, "asked twice", once, once),
                completion(tasks.get(1), lease, "none"),
                completion(tasks.get(2), ids.next(), "lost", once),
                completion(tasks.get(0), ids.next(), "lost", once)));

    // Then
    assertThat(stored).containsExactlyInAnyOrder(tasks.get(0), tasks.get(1));
    assertThat(
            database
                .query(
                    Statement.of(
                        "test.used",
                        "SELECT requests || ' ' || prompt_tokens || ' ' || trim_scale(cost_units) AS used"
                            + " FROM model_usage WHERE owner_id = $1"),
                    owner)
                .stream()
                .map(row -> row.getString("used")))
        .containsExactly("2 14 0.02");
  }

  private static UsageRow usage(UUID owner) {
    return new UsageRow(
        new UsageRow.Key(owner, LocalDate.of(2025, 4, 1), "tinyllama"),
        new UsageRow.Amounts(1, 0, 0, 7, 3, 1_000_000, 2_000_000));
  }

  private UUID claimed(UUID lease) {
    String id =
        given()
            .contentType(ContentType.JSON)
            .body(
                "{\"type\": \"noop\", \"run_at\": \"%s\"}"
                    .formatted(Instant.now().plus(Duration.ofDays(1))))
            .when()
            .post("/api/tasks")
            .then()
            .statusCode(202)
            .extract()
            .path("id");
    database.update(
        Statement.of(
            "test.claim",
            "UPDATE jobs SET lease = $2, attempt = 1, started_at = now() WHERE task_id = $1"),
        UUID.fromString(id),
        lease);
    return UUID.fromString(id);
  }

  private Completion completion(UUID id, UUID lease, String by, UsageRow... usage) {
    UUID agent = agents.only("noop", List.of()).orElseThrow().id();
    return new Completion(
        id, lease, "{\"by\": \"%s\"}".formatted(by), agent, "noop", List.of(usage));
  }
}
