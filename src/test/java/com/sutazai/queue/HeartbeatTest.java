package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final Heartbeat heartbeat = new Heartbeat(Duration.ofSeconds(10), now::get);

  private void pass(int seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private void fail() {
    assertThatThrownBy(
            () ->
                heartbeat.beat(
                    () -> {
                      throw new IllegalStateException("made up by the test");
                    }))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void it_counts_from_the_begin_of_the_last_success() throws Exception {
    // Given
    pass(10);

    // When
    heartbeat.beat(() -> pass(2));

    // Then
    assertThat(heartbeat.untilNext()).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void after_a_failure_it_is_due_when_it_was_before() {
    // Given
    pass(4);

    // When
    fail();

    // Then
    assertThat(heartbeat.untilNext()).isEqualTo(Duration.ofSeconds(6));
    pass(7);
    fail();
    assertThat(heartbeat.untilNext()).isZero();
  }
}
