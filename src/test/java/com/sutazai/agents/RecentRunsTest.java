package com.sutazai.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentRunsTest {
  private final AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());
  private final RecentRuns runs = new RecentRuns(nanos::get);

  @Test
  void nothing_is_said_of_what_did_not_run() {
    assertThat(runs.summary()).isEqualTo(new RecentRuns.Summary(0, null, null));
  }

  @Test
  void runs_are_counted_with_their_success_and_mean_time() {
    // When
    runs.add(Duration.ofMillis(10), true);
    runs.add(Duration.ofMillis(30), false);
    pass(Duration.ofMinutes(1));
    runs.add(Duration.ofMillis(20), true);
    runs.add(Duration.ofMillis(20), true);

    // Then
    assertThat(runs.summary()).isEqualTo(new RecentRuns.Summary(4, 0.75, 20.0));
  }

  @Test
  void what_is_older_than_the_window_does_not_count() {
    // Given
    runs.add(Duration.ofMillis(10), false);
    pass(Duration.ofMinutes(3));
    runs.add(Duration.ofMillis(30), true);

    // When
    pass(Duration.ofMinutes(2));

    // Then
    assertThat(runs.summary()).isEqualTo(new RecentRuns.Summary(1, 1.0, 30.0));
    pass(Duration.ofMinutes(3));
    assertThat(runs.summary().runs()).isZero();
  }

  @Test
  void a_clock_below_zero_is_a_clock() {
    // Given
    nanos.set(-Duration.ofSeconds(5).toNanos());

    // When
    runs.add(Duration.ofMillis(10), true);
    pass(Duration.ofSeconds(10));
    runs.add(Duration.ofMillis(10), true);

    // Then
    assertThat(runs.summary().runs()).isEqualTo(2);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
