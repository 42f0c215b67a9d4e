package com.sutazai.security.key;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LoginDelaysTest {
  private static final String ANN = "ann@example.com";
  private static final String ADDRESS = "192.0.2.1";

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final LoginDelays delays = new LoginDelays(now::get);

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  private void fail(String name, String address, int times) {
    for (int i = 0; i < times; i++) {
      delays.begin(name, address);
    }
  }

  private void assertRefused(String name, String address) {
    assertThatThrownBy(() -> delays.begin(name, address)).isInstanceOf(ProblemException.class);
  }

  @Test
  void tries_count_before_their_password_was_looked_at() {
    // When
    fail(ANN, ADDRESS, LoginDelays.FREE);

    // Then
    assertRefused(ANN, ADDRESS);
    pass(Duration.ofSeconds(1));
    delays.begin(ANN, ADDRESS);
    pass(Duration.ofSeconds(1));
    assertRefused(ANN, ADDRESS);
  }

  @Test
  void a_success_takes_its_try_back() {
    for (int i = 0; i < 1000; i++) {
      // When
      delays.begin(ANN, ADDRESS);
      delays.succeeded(ANN, ADDRESS);
    }

    // Then
    fail(ANN, ADDRESS, LoginDelays.FREE);
  }

  @Test
  void a_try_that_was_not_looked_at_does_not_count() {
    for (int i = 0; i < 1000; i++) {
      delays.begin(ANN, ADDRESS);
      delays.untried(ANN, ADDRESS);
    }
    fail(ANN, ADDRESS, LoginDelays.FREE);
  }

  @Test
  void addresses_of_one_ipv6_network_count_together() {
    // When
    for (int i = 0; i < LoginDelays.FREE; i++) {
      delays.begin(ANN, "2001:db8:0:1::" + i);
    }

    // Then
    assertRefused(ANN, "2001:db8:0:1:ffff::1");
    delays.begin(ANN, "2001:db8:0:2::1");
  }

  @Test
  void many_names_of_one_network_count_together() {
    // When
    for (int i = 0; i < 10 * LoginDelays.FREE; i++) {
      delays.begin("user-" + i, ADDRESS);
    }

    // Then
    assertRefused(ANN, ADDRESS);
  }

  @Test
  void the_longest_wait_is_followed_by_another_one() {
    // Given
    fail(ANN, ADDRESS, LoginDelays.FREE);
    for (int i = 0; i < 12; i++) {
      pass(Duration.ofMinutes(15));
      delays.begin(ANN, ADDRESS);
    }

    // When
    pass(Duration.ofMinutes(15));
    delays.begin(ANN, ADDRESS);

    // Then
    pass(Duration.ofMinutes(14));
    assertRefused(ANN, ADDRESS);
    pass(Duration.ofMinutes(16));
    fail(ANN, ADDRESS, LoginDelays.FREE);
  }
}
