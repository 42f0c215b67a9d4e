package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that begin with the commit that accepts them. */
@QuarkusTest
class IntakeClaimsTest {
  /** More than there are seats. */
  private static final int MANY = 1000;

  private final IntakeClaims claims;
  private final Ids ids;

  IntakeClaimsTest(IntakeClaims claims, Ids ids) {
    this.claims = claims;
    this.ids = ids;
  }

  private NewTask task(String type, Instant runAt) {
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
        "{}",
        Instant.EPOCH,
        runAt,
        null,
        List.of(),
        null);
  }

  private NewTask noop() {
    return task("noop", Instant.EPOCH);
  }

  private int claimed(NewTask task) {
    try (IntakeClaims.Batch batch = claims.claim(List.of(task))) {
      return batch.claimed().size();
    }
  }

  @BeforeEach
  void awaitNothingWaiting() {
    await().atMost(Duration.ofMinutes(1)).until(() -> claimed(noop()) == 1);
  }

  @Test
  void a_task_begins_with_its_commit_where_none_waits() {
    String id =
        given()
            .contentType(ContentType.JSON)
            .header("Prefer", "wait=60")
            .body("{\"type\": \"noop\"}")
            .when()
            .post("/api/tasks")
            .then()
            .statusCode(200)
            .body("status", equalTo("completed"))
            .body("attempt", equalTo(1))
            .extract()
            .path("id");
    var task = given().when().get("/api/tasks/{id}", id).then().extract().jsonPath();
    assertThat(task.getString("started_at")).isEqualTo(task.getString("run_at"));
  }

  @Test
  void what_is_not_stored_gives_its_seat_back() {
    for (int i = 0; i < MANY; i++) {
      assertThat(claimed(noop())).isEqualTo(1);
    }
  }

  @Test
  void beyond_the_room_of_its_agents_each_waits_behind_the_others() {
    // Given
    List<NewTask> tasks = Stream.generate(this::noop).limit(MANY).toList();

    // When
    try (IntakeClaims.Batch batch = claims.claim(tasks)) {

      // Then
      int begun = batch.claimed().size();
      assertThat(begun).isBetween(1, MANY - 1);
      assertThat(batch.claimed()).isEqualTo(tasks.subList(0, begun));
      assertThat(batch.waiting()).isEqualTo(tasks.subList(begun, MANY));
    }
  }

  @Test
  void what_is_for_later_holds_up_nothing() {
    NewTask later = task("noop", Instant.EPOCH.plusSeconds(1));
    NewTask now = noop();
    try (IntakeClaims.Batch batch = claims.claim(List.of(later, now))) {
      assertThat(batch.claimed()).containsExactly(now);
      assertThat(batch.waiting()).containsExactly(later);
    }
  }

  @Test
  void what_is_for_later_or_for_others_waits() {
    assertThat(claimed(task("noop", Instant.EPOCH.plusSeconds(1)))).isZero();
    assertThat(claimed(task("nobody-here-runs-this", Instant.EPOCH))).isZero();
  }
}
