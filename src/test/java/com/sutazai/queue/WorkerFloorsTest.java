package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkerFloorsTest {
  private static final OffsetDateTime AT = OffsetDateTime.parse("2026-11-27T03:00:00Z");
  private static final OffsetDateTime FRONT = WorkerFloors.fronts()[0];

  private final WorkerFloors floors = new WorkerFloors();
  private final UUID worker = UUID.randomUUID();

  @Test
  void at_first_a_look_begins_at_the_front() {
    assertThat(floors.of(worker, "a")).hasSize(11).containsOnly(FRONT);
  }

  @Test
  void after_a_look_that_found_nothing_the_next_begins_a_little_before_it() {
    // When
    floors.nothing(worker, "a", floors.of(worker, "a"), AT);

    // Then
    assertThat(floors.of(worker, "a")).containsOnly(AT.minusSeconds(1));
    assertThat(floors.of(worker, "b")).containsOnly(FRONT);
    assertThat(floors.of(UUID.randomUUID(), "a")).containsOnly(FRONT);
  }

  @Test
  void what_stands_below_a_find_was_not_walked_over() {
    // Given
    OffsetDateTime since = AT.minusMinutes(5);

    // When
    floors.found(worker, "a", floors.of(worker, "a"), 5, since, AT);

    // Then
    OffsetDateTime[] next = floors.of(worker, "a");
    assertThat(IntStream.range(0, 5).mapToObj(i -> next[i])).containsOnly(FRONT);
    assertThat(next[5]).isEqualTo(since.minusSeconds(1));
    assertThat(IntStream.range(6, 11).mapToObj(i -> next[i])).containsOnly(AT.minusSeconds(1));
  }

  @Test
  void a_floor_never_sinks() {
    // Given
    floors.nothing(worker, "a", floors.of(worker, "a"), AT);

    // When
    floors.found(worker, "a", floors.of(worker, "a"), 5, AT.minusMinutes(5), AT);

    // Then
    assertThat(floors.of(worker, "a")).containsOnly(AT.minusSeconds(1));
  }
}
