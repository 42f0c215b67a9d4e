package com.sutazai.security.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {
  private static boolean take(Bucket bucket, double amount, long now) {
    boolean there = bucket.until(amount, now) == 0;
    if (there) {
      bucket.spend(amount);
    }
    return there;
  }

  @Test
  void a_minute_s_worth_may_be_spent_at_once_and_no_more() {
    // Given
    Bucket bucket = new Bucket(60, 0);

    // When
    long taken = IntStream.range(0, 100).filter(each -> take(bucket, 1, 0)).count();

    // Then
    assertThat(taken).isEqualTo(60);
    assertThat(bucket.free(0)).isZero();
    assertThat(bucket.untilFull(0)).isCloseTo(60_000, within(1.0));
  }

  @Test
  void what_is_told_to_wait_is_enough_and_not_too_much() {
    // Given
    Bucket bucket = new Bucket(30, 0);
    bucket.spend(30);

    // When
    double wait = bucket.until(1, 0);

    // Then
    assertThat(wait).isCloseTo(2_000, within(1.0));
    assertThat(bucket.until(1, 1_990)).isPositive();
    assertThat(bucket.until(1, 2_000)).isZero();
  }

  @Test
  void more_than_the_bucket_holds_waits_until_it_is_full_and_is_owed() {
    // Given
    Bucket bucket = new Bucket(100, 0);
    bucket.spend(50);

    // When, then
    assertThat(bucket.until(1_000, 0)).isCloseTo(30_000, within(1.0));
    assertThat(bucket.until(1_000, 30_000)).isZero();
    bucket.spend(1_000);
    assertThat(bucket.until(1, 30_000)).isCloseTo(901.0 / 100 * 60_000, within(1.0));
  }

  @Test
  void what_was_not_used_is_given_back() {
    // Given
    Bucket bucket = new Bucket(100, 0);
    bucket.spend(90);

    // When
    bucket.spend(-60);

    // Then
    assertThat(bucket.free(0)).isEqualTo(70);
    assertThat(bucket.unsettled().waiting()).isEqualTo(30);
  }

  @Test
  void another_limit_keeps_what_was_spent() {
    // Given
    Bucket bucket = new Bucket(100, 0);
    bucket.spend(40);

    // When
    bucket.limit(50);

    // Then
    assertThat(bucket.free(0)).isEqualTo(10);
    assertThat(take(bucket, 10, 0)).isTrue();
    assertThat(take(bucket, 1, 0)).isFalse();
  }

  @Test
  void a_clock_that_is_set_back_refills_nothing_and_stops_nothing() {
    // Given
    Bucket bucket = new Bucket(60, 1_000_000);
    bucket.spend(60);

    // When, then
    assertThat(bucket.until(1, 0)).isPositive();
    assertThat(bucket.until(1, 1_000)).isZero();
  }

  @Test
  void others_that_cannot_be_heard_of_leave_the_share_as_it_is() {
    // Given
    Bucket bucket = new Bucket(60, 0);
    bucket.settled(0, 3, 0);

    // When
    long atOnce = IntStream.range(0, 100).filter(each -> take(bucket, 1, 0)).count();
    bucket.unsettled().send();
    bucket.failed(false);
    long later = 0;
    for (long now = 0; now < 60_000; now += 100) {
      later += take(bucket, 1, now) ? 1 : 0;
    }

    // Then
    assertThat(atOnce).isEqualTo(20);
    assertThat(later).isEqualTo(20);
    assertThat(bucket.unsettled().waiting()).isEqualTo(40);
  }

  /** What the database keeps for all. */
  private static final class Shared {
    private final double rate;
    private double used;
    private long at;

    Shared(double rate) {
      this.rate = rate;
    }

    double add(double amount, long now) {
      used = Math.max(0, used - (now - at) * rate) + amount;
      at = now;
      return used;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void processes_that_settle_each_second_stay_within_the_bound(long seed) {
    // Given
    Random random = new Random(seed);
    int processes = 2 + random.nextInt(4);
    int limit = 10 + random.nextInt(500);
    int largest = 1 + random.nextInt(5);
    Shared shared = new Shared(limit / 60_000.0);
    List<Bucket> buckets = new ArrayList<>();
    long[] phase = new long[processes];
    for (int i = 0; i < processes; i++) {
      Bucket bucket = new Bucket(limit, 0);
      bucket.settled(0, processes, 0);
      buckets.add(bucket);
      phase[i] = random.nextInt(1000);
    }

    // When
    double most = Double.NEGATIVE_INFINITY;
    double spent = 0;
    for (long now = 0; now < 180_000; now += 5) {
      for (int i = 0; i < processes; i++) {
        Bucket bucket = buckets.get(i);
        if ((now + phase[i]) % 1000 < 5) {
          bucket.settled(shared.add(bucket.unsettled().send(), now), processes, now);
        }
        int amount = 1 + random.nextInt(largest);
        if (random.nextInt(4) == 0 && take(bucket, amount, now)) {
          spent += amount;
        }
      }
      most = Math.max(most, spent - limit * (1 + now / 60_000.0));
    }

    // Then
    double bound = (processes - 1.0) / processes * limit + (processes - 1.0) * largest;
    assertThat(most).isLessThanOrEqualTo(bound);
    assertThat(spent).isGreaterThan(limit * 3);
  }
}
