package com.sutazai.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When silence tells that somebody is gone. */
class ReachTest {
  private final Reach reach = new Reach(Duration.ofSeconds(120), Duration.ofSeconds(30));

  private static long at(long second) {
    return Duration.ofSeconds(second).toNanos();
  }

  private void reached(long from, long to) {
    for (long second = from; second <= to; second += 10) {
      reach.reached(at(second));
    }
  }

  @Test
  void a_process_that_has_just_started_knows_nothing_of_who_is_silent() {
    assertThat(reach.isLong(at(0))).isFalse();
    reached(0, 110);
    assertThat(reach.isLong(at(119))).isFalse();
    reached(120, 120);
    assertThat(reach.isLong(at(120))).isTrue();
  }

  @Test
  void after_an_outage_it_takes_as_long_again() {
    // Given
    reached(0, 200);

    // When
    reach.lost();

    // Then
    assertThat(reach.isLong(at(210))).isFalse();
    reached(220, 330);
    assertThat(reach.isLong(at(339))).isFalse();
    assertThat(reach.isLong(at(340))).isTrue();
  }

  @Test
  void a_process_that_stood_still_heard_nobody_meanwhile() {
    // Given
    reached(0, 200);

    // When, then
    assertThat(reach.isLong(at(260))).isFalse();
    reached(260, 370);
    assertThat(reach.isLong(at(379))).isFalse();
    assertThat(reach.isLong(at(380))).isTrue();
  }
}
