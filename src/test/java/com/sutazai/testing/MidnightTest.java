package com.sutazai.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MidnightTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-26T23:59:58.500Z, PT1.5S",
    "2026-11-27T00:00:00Z, PT24H",
    "2026-11-27T00:00:01Z, PT23H59M59S"
  })
  void what_is_left_of_the_day(Instant now, Duration left) {
    assertThat(Midnight.left(() -> now)).isEqualTo(left);
  }
}
