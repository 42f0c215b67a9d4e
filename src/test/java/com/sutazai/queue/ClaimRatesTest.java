package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClaimRatesTest {
  private final ClaimRates rates = new ClaimRates(0.01);

  private void begin(String type, int jobs) {
    for (int i = 0; i < jobs; i++) {
      rates.begun(type);
    }
  }

  @Test
  void a_rate_follows_what_is_claimed() {
    // Given
    begin("busy", 10);
    rates.measure(1);

    // When
    begin("busy", 40);
    rates.measure(2);

    // Then
    assertThat(rates.of("busy")).isCloseTo(11, within(0.001));
  }

  @Test
  void a_type_of_which_none_comes_any_more_is_forgotten() {
    // Given
    for (int i = 0; i < 1000; i++) {
      begin("once-" + i, 1);
    }
    rates.measure(1);

    // When
    for (int i = 0; i < 100; i++) {
      begin("busy", 1);
      rates.measure(1);
    }

    // Then
    assertThat(rates.size()).isEqualTo(1);
    assertThat(rates.of("busy")).isCloseTo(1, within(0.001));
    assertThat(rates.of("once-1")).isZero();
  }
}
