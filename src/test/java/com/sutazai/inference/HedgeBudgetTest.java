package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.StartException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HedgeBudgetTest {
  private static int taken(HedgeBudget budget, int requests) {
    int taken = 0;
    for (int i = 0; i < requests; i++) {
      budget.came();
      taken += budget.take() ? 1 : 0;
    }
    return taken;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.05, 0.3, 1})
  void of_many_slow_requests_only_the_share_is_hedged(double share) {
    int hedged = taken(new HedgeBudget(share), 10_000);

    assertThat(hedged).isBetween((int) (share * 10_000), (int) (share * 10_000) + 1);
  }

  @Test
  void what_was_saved_while_all_went_well_is_bounded() {
    // Given
    HedgeBudget budget = new HedgeBudget(0.5);
    for (int i = 0; i < 1000; i++) {
      budget.came();
    }

    // When
    int hedged = 0;
    while (budget.take()) {
      hedged++;
    }

    // Then
    assertThat(hedged).isEqualTo(10);
  }

  @Test
  void what_was_not_used_is_there_for_the_next() {
    // Given
    HedgeBudget budget = new HedgeBudget(0.05);
    assertThat(budget.take()).isTrue();
    assertThat(budget.take()).isFalse();

    // When
    budget.giveBack();

    // Then
    assertThat(budget.take()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
  void a_share_that_is_none_is_told_at_the_start(double share) {
    assertThatThrownBy(() -> Hedges.requireSense(Optional.empty(), share))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.inference.hedge-share");
  }

  @Test
  void a_time_that_is_none_is_told_at_the_start() {
    assertThatThrownBy(() -> Hedges.requireSense(Optional.of(Duration.ZERO), 0.05))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.inference.hedge-after");
    assertThatCode(() -> Hedges.requireSense(Optional.empty(), 0.05)).doesNotThrowAnyException();
    assertThatCode(() -> Hedges.requireSense(Optional.of(Duration.ofMillis(1)), 1))
        .doesNotThrowAnyException();
  }
}
