package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What steps take, as measured. */
class StepCostsTest {
  private final StepCosts costs = new StepCosts(16);

  @Test
  void four_are_expected_to_be_quicker_than_three() {
    // Then
    assertThat(costs.of(4)).isLessThan(costs.of(3));
  }

  @Test
  void what_was_measured_counts() {
    // When
    costs.observe(3, 50);
    costs.observe(4, 60);

    // Then
    assertThat(costs.of(3)).isEqualTo(50);
    assertThat(costs.of(4)).isEqualTo(60);
  }

  @Test
  void what_was_not_measured_follows_from_what_was() {
    // When
    costs.observe(4, 100);

    // Then
    assertThat(costs.of(8)).isEqualTo(200);
    assertThat(costs.of(1)).isEqualTo(50);
  }

  @Test
  void a_slow_moment_passes() {
    // Given
    costs.observe(4, 1_000_000);

    // When
    for (int i = 0; i < 50; i++) {
      costs.observe(4, 100);
    }

    // Then
    assertThat(costs.of(4)).isCloseTo(100, within(1.0));
  }

  @Test
  void what_was_slow_long_ago_is_tried_again() {
    // Given
    costs.observe(4, 1_000_000);

    // When
    for (int i = 0; i < 300; i++) {
      costs.observe(3, 100);
    }

    // Then
    assertThat(costs.of(4)).isLessThan(costs.of(3));
  }
}
