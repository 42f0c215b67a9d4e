package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Claims and leases, on a type that nothing else runs. */
@QuarkusTest
class JobsTest {
  private static final Duration HOLD = Duration.ofMinutes(10);

  private final Jobs jobs;
  private final Database database;
  private final Ids ids;
  private final String type = "jobs-test-" + UUID.randomUUID();
  private final String otherType = "jobs-test-" + UUID.randomUUID();
  private final OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);

  JobsTest(Jobs jobs, Database database, Ids ids) {
    this.jobs = jobs;
    this.database = database;
    this.ids = ids;
  }

  @AfterEach
  void leaveNothing() {
    database.update(
        Statement.of("test.delete_jobs", "DELETE FROM jobs WHERE type IN ($1, $2)"),
        type,
        otherType);
    database.update(
        Statement.of("test.delete", "DELETE FROM tasks WHERE type IN ($1, $2)"), type, otherType);
  }

  private UUID add(int priority, Duration age) {
    return add(type, priority, age);
  }

  private UUID add(String type, int priority, Duration age) {
    UUID id = ids.next();
    OffsetDateTime since = now.minus(age);
    database.update(
        Statement.of(
            "test.task",
            "INSERT INTO tasks (id, owner_id, type, payload, created_at, run_at) VALUES ($1, $2, $3, '{}', $4, $4)"),
        id,
        Caller.LOCAL_OWNER,
        type,
        since);
    database.update(
        Statement.of(
            "test.job",
            "INSERT INTO jobs (task_id, owner_id, type, priority, visible_at) VALUES ($1, $2, $3, $4, $5)"),
        id,
        Caller.LOCAL_OWNER,
        type,
        (short) priority,
        since);
    return id;
  }

  private List<UUID> claim(int limit, boolean byAge) {
    return jobs.claim(Map.of(type, limit), limit, ids.next(), HOLD, byAge).stream()
        .map(Job::taskId)
        .toList();
  }

  @Test
  void higher_priorities_come_first_and_within_one_the_older() {
    // Given
    UUID low = add(2, Duration.ofSeconds(9));
    UUID younger = add(7, Duration.ofSeconds(1));
    UUID older = add(7, Duration.ofSeconds(5));
    UUID high = add(9, Duration.ofSeconds(1));

    // When
    List<UUID> claimed = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      claimed.addAll(claim(1, false));
    }

    // Then
    assertThat(claimed).containsExactly(high, older, younger, low);
  }

  @Test
  void by_age_the_oldest_come_first_whatever_their_priority() {
    // Given
    UUID low = add(0, Duration.ofMinutes(1));
    UUID high = add(10, Duration.ofSeconds(30));
    add(10, Duration.ofSeconds(1));
    add(5, Duration.ofSeconds(2));

    // When, then
    assertThat(claim(2, true)).containsExactlyInAnyOrder(low, high);
  }

  @Test
  void what_is_claimed_is_not_claimed_again_while_its_lease_holds() {
    // Given
    UUID id = add(5, Duration.ofSeconds(1));
    UUID lease = ids.next();

    // When
    List<Job> claimed = jobs.claim(Map.of(type, 10), 10, lease, HOLD, false);

    // Then
    assertThat(claimed).containsExactly(new Job(id, type, lease));
    assertThat(claim(10, false)).isEmpty();
    assertThat(jobs.renew(claimed, HOLD)).containsExactly(id);
    assertThat(jobs.handBack(new Job(id, type, ids.next()), HOLD)).isFalse();
    assertThat(jobs.handBack(claimed.getFirst(), HOLD)).isTrue();
    assertThat(jobs.handBack(claimed.getFirst(), HOLD)).isFalse();
  }

  @Test
  void what_became_due_behind_the_youngest_that_was_taken_is_found_soon() {
    // Given
    add(5, Duration.ofSeconds(1));
    assertThat(claim(1, false)).hasSize(1);

    // When: as of a transaction that was open for long
    UUID late = add(5, Duration.ofMinutes(1));

    // Then
    await().atMost(Duration.ofMinutes(1)).until(() -> claim(1, false).contains(late));
  }

  @Test
  void a_lease_that_ran_out_is_claimed_again_and_the_first_holder_can_do_nothing() {
    // Given
    UUID id = add(5, Duration.ofSeconds(1));
    List<Job> first = jobs.claim(Map.of(type, 10), 10, ids.next(), Duration.ZERO, false);

    // When
    List<UUID> second = claim(10, false);

    // Then
    assertThat(second).containsExactly(id);
    assertThat(jobs.renew(first, HOLD)).isEmpty();
    assertThat(jobs.handBack(first.getFirst(), Duration.ZERO)).isFalse();
  }

  @Test
  void a_job_that_was_lost_and_claimed_again_here_is_renewed_whoever_is_named_first() {
    // Given
    UUID id = add(5, Duration.ofSeconds(1));
    Job lost = jobs.claim(Map.of(type, 10), 10, ids.next(), Duration.ZERO, false).getFirst();
    Job held = jobs.claim(Map.of(type, 10), 10, ids.next(), HOLD, false).getFirst();

    // When, then
    assertThat(jobs.renew(List.of(lost, held), HOLD)).containsExactly(id);
    assertThat(jobs.renew(List.of(held, lost), HOLD)).containsExactly(id);
  }

  @Test
  void a_type_gets_no_more_than_its_room_and_hides_no_other() {
    // Given
    for (int i = 0; i < 5; i++) {
      add(10, Duration.ofSeconds(1));
    }
    UUID low = add(otherType, 0, Duration.ofSeconds(1));
    Map<String, Integer> room = new LinkedHashMap<>();
    room.put(type, 2);
    room.put(otherType, 2);

    // When
    List<Job> claimed = jobs.claim(room, 50, ids.next(), HOLD, false);

    // Then
    assertThat(claimed).hasSize(3).extracting(Job::taskId).contains(low);
  }
}
