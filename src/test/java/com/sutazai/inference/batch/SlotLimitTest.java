package com.sutazai.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class SlotLimitTest {
  private static final Duration TICK = Duration.ofMillis(50);

  private long now;
  private final SlotLimit limit = new SlotLimit(16, () -> now);

  /** A full server that makes so many tokens a second with so many requests at once. */
  private void run(Duration time, IntToDoubleFunction tokensPerSecond) {
    double made = 0;
    for (long end = now + time.toNanos(); now < end; now += TICK.toNanos()) {
      made += tokensPerSecond.applyAsDouble(limit.limit()) * TICK.toNanos() / 1e9;
      for (; made >= 1; made--) {
        limit.token();
      }
      limit.full(true);
    }
  }

  @Test
  void a_server_that_gains_from_each_further_request_is_given_as_many_as_may_be() {
    run(Duration.ofSeconds(10), atOnce -> 20 + 10.0 * atOnce);

    assertThat(limit.limit()).isEqualTo(16);
  }

  @Test
  void a_server_with_four_slots_is_given_no_more_than_it_gains_from() {
    run(Duration.ofSeconds(20), atOnce -> 20.0 * Math.min(atOnce, 4));

    assertThat(limit.limit()).isEqualTo(4);
  }

  @Test
  void a_server_that_works_on_one_at_a_time_is_left_at_two() {
    run(Duration.ofSeconds(20), atOnce -> 24);

    assertThat(limit.limit()).isEqualTo(SlotLimit.FIRST);
  }

  @Test
  void failed_tries_become_rare() {
    // Given
    int[] more = {0};

    // When
    run(
        Duration.ofMinutes(30),
        atOnce -> {
          more[0] += atOnce > 2 ? 1 : 0;
          return 24;
        });

    // Then
    assertThat(more[0] * TICK.toMillis()).isLessThan(Duration.ofSeconds(20).toMillis());
  }

  @Test
  void a_server_that_later_gains_is_given_more_then() {
    // Given
    run(Duration.ofSeconds(20), atOnce -> 24);

    // When
    run(Duration.ofMinutes(5), atOnce -> 20 + 10.0 * atOnce);

    // Then
    assertThat(limit.limit()).isEqualTo(16);
  }

  @Test
  void an_overloaded_server_is_given_half() {
    // Given
    run(Duration.ofSeconds(10), atOnce -> 20 + 10.0 * atOnce);

    // When
    limit.overloaded();

    // Then
    assertThat(limit.limit()).isEqualTo(8);
  }

  @Test
  void a_server_that_is_not_full_is_not_judged() {
    for (int i = 0; i < 1000; i++, now += TICK.toNanos()) {
      limit.token();
      limit.full(i % 10 != 0);
    }

    assertThat(limit.limit()).isEqualTo(SlotLimit.FIRST);
  }
}
