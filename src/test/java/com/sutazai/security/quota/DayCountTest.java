package com.sutazai.security.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DayCountTest {
  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final long HOUR = 3_600_000;

  private final DayCount count = new DayCount(1_000, NOON);

  private void spend(double amount) {
    count.spend(amount, count.day(NOON));
  }

  @Test
  void a_day_s_worth_is_there_until_midnight_and_again_after_it() {
    // Given
    spend(950);

    // When, then
    assertThat(count.until(50, NOON)).isZero();
    assertThat(count.until(51, NOON)).isEqualTo(12 * HOUR);
    assertThat(count.until(51, NOON + 12 * HOUR)).isZero();
    assertThat(count.free(NOON + 12 * HOUR)).isEqualTo(1_000);
  }

  @Test
  void what_comes_back_of_a_day_that_is_over_is_not_counted() {
    // Given
    long day = count.day(NOON);
    spend(500);
    count.day(NOON + 12 * HOUR);

    // When
    count.spend(-300, day);

    // Then
    assertThat(count.free(NOON + 12 * HOUR)).isEqualTo(1_000);
  }

  @Test
  void what_others_used_is_taken_off() {
    // Given
    spend(100);
    count.unsettled().send();
    spend(50);

    // When
    count.settled(count.day(NOON), 700, 2);

    // Then
    assertThat(count.free(NOON)).isEqualTo(250);
    assertThat(count.until(100, NOON)).isZero();
    spend(100);
    assertThat(count.until(100, NOON)).isEqualTo(1_000);
  }

  @Test
  void without_the_others_it_goes_on_by_the_last_numbers_and_ends_there() {
    // Given
    count.settled(count.day(NOON), 600, 4);
    spend(100);
    count.unsettled().send();
    count.failed(false);

    // When, then
    assertThat(count.until(100, NOON)).isZero();
    spend(300);
    assertThat(count.until(1, NOON)).isEqualTo(12 * HOUR);
    assertThat(count.unsettled().waiting()).isEqualTo(400);
  }

  @Test
  void a_day_of_which_nothing_was_heard_is_spent_by_share() {
    // Given
    count.settled(count.day(NOON), 0, 4);
    count.failed(false);
    long tomorrow = NOON + 24 * HOUR;
    long day = count.day(tomorrow);

    // When
    count.spend(250, day);

    // Then
    assertThat(count.until(1, tomorrow)).isPositive();
  }
}
