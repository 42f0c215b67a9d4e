package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Several callers wait for the end of one task. */
@QuarkusTest
class FinishedTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Finished finished;
  private final UUID task = UUID.randomUUID();

  FinishedTest(Finished finished) {
    this.finished = finished;
  }

  @Test
  void all_of_them_are_told() throws Exception {
    try (var first = finished.await(task);
        var second = finished.await(task)) {
      // When
      finished.announce(task, "noop", Task.COMPLETED);

      // Then
      assertThat(first.atMost(LONG)).isTrue();
      assertThat(second.atMost(LONG)).isTrue();
    }
  }

  @Test
  void one_that_leaves_takes_nothing_from_the_others() throws Exception {
    try (var stays = finished.await(task)) {
      // Given
      finished.await(task).close();

      // When
      finished.announce(task, "noop", Task.COMPLETED);

      // Then
      assertThat(stays.atMost(LONG)).isTrue();
    }
  }

  @Test
  void the_end_of_another_task_is_nothing_to_them() throws Exception {
    try (var wait = finished.await(task)) {
      // When
      finished.announce(UUID.randomUUID(), "noop", Task.COMPLETED);

      // Then
      assertThat(wait.atMost(Duration.ZERO)).isFalse();
    }
  }
}
