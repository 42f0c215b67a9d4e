package com.sutazai.platform.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that waits at a bell is woken once for all rings before its next look. */
@Timeout(60)
class BellTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Bell bell = new Bell();

  @Test
  void a_ring_is_kept_until_somebody_waits() throws Exception {
    bell.ring();

    assertThat(bell.await(LONG)).isTrue();
  }

  @Test
  void rings_before_a_look_count_as_one() throws Exception {
    // Given
    bell.ring();
    bell.ring();

    // When
    bell.await();

    // Then
    assertThat(bell.await(Duration.ZERO)).isFalse();
  }

  @Test
  void nobody_is_woken_by_a_bell_that_is_silent() throws Exception {
    assertThat(bell.await(Duration.ofMillis(1))).isFalse();
  }

  @Test
  void a_thread_that_waits_is_woken() throws Exception {
    // Given
    Thread waiting = Thread.ofVirtual().start(this::awaitRing);

    // When
    bell.ring();

    // Then
    waiting.join();
  }

  private void awaitRing() {
    try {
      bell.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void rings_that_follow_are_waited_for_together() throws Exception {
    // Given
    Thread ringer = Thread.ofVirtual().start(this::ringUntilInterrupted);

    // When
    bell.awaitGroup(Duration.ofMillis(50));
    ringer.interrupt();
    ringer.join();
    bell.ring();

    // Then
    assertThat(bell.await(LONG, Duration.ofMillis(1))).isTrue();
    assertThat(bell.await(Duration.ZERO)).isFalse();
  }

  private void ringUntilInterrupted() {
    while (!Thread.interrupted()) {
      bell.ring();
      Thread.onSpinWait();
    }
  }
}
