package com.sutazai.platform.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.breaker.CircuitBreaker.Permit;
import com.sutazai.platform.breaker.CircuitBreaker.State;
import com.sutazai.testing.Servers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private long now = Duration.ofHours(1).toNanos();
  private final CircuitBreaker breaker = new CircuitBreaker(Servers.AS_DESIGNED, () -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.tryAcquire().orElseThrow().failed();
    }
  }

  private void succeed(int times) {
    for (int i = 0; i < times; i++) {
      breaker.tryAcquire().orElseThrow().succeeded();
    }
  }

  @Test
  void five_failures_in_a_row_open_it() {
    fail(4);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);

    fail(1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(breaker.untilProbe()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void a_success_between_failures_starts_the_row_again() {
    fail(4);
    succeed(1);
    fail(4);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void half_of_twenty_calls_failing_opens_it() {
    for (int i = 0; i < 9; i++) {
      fail(1);
      succeed(1);
    }
    fail(1);
    assertThat(breaker.state()).as("19 calls are too few").isEqualTo(State.CLOSED);

    fail(1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void failures_older_than_the_window_do_not_count() {
    for (int i = 0; i < 9; i++) {
      fail(1);
      succeed(1);
    }
    pass(Duration.ofSeconds(60));

    fail(2);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void one_probe_at_a_time_decides_after_the_pause() {
    fail(5);
    pass(Duration.ofSeconds(1));

    Permit probe = breaker.tryAcquire().orElseThrow();
    assertThat(breaker.tryAcquire()).as("a second one waits for the probe").isEmpty();
    probe.succeeded();

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(4);
    assertThat(breaker.state()).as("it starts afresh").isEqualTo(State.CLOSED);
  }

  @Test
  void each_failed_probe_doubles_the_pause_up_to_a_minute() {
    fail(5);
    for (int pause : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      pass(Duration.ofSeconds(pause).minusNanos(1));
      assertThat(breaker.tryAcquire()).as("before %s s", pause).isEmpty();
      pass(Duration.ofNanos(1));
      breaker.tryAcquire().orElseThrow().failed();
    }
  }

  @Test
  void an_abandoned_probe_leaves_the_decision_to_the_next_caller() {
    fail(5);
    pass(Duration.ofSeconds(1));
    breaker.tryAcquire().orElseThrow().abandoned();

    breaker.tryAcquire().orElseThrow().succeeded();

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void a_call_from_before_the_opening_does_not_close_it() {
    Permit old = breaker.tryAcquire().orElseThrow();
    fail(5);

    old.succeeded();

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }
}
