package com.sutazai.security.quota;

/**
 * A token bucket that several processes spend from. It holds a minute's worth, and refills evenly.
 *
 * <p>Each of N processes has a share: an Nth of what was left when it last heard what all had
 * spent, and an Nth of what is added since. It spends as long as something of its share is left and
 * the whole bucket, as far as it knows, holds what is asked for; so it may owe one request's
 * amount. What others spent in the meantime is taken off when it hears of it, and a bucket below
 * zero lets nothing through until it has filled again. With N = 1 the share is the bucket.
 *
 * <p>The most that all let through too much: while one has just heard that nothing is left, the
 * others hold shares of at most an Nth each, and owe one request each. So that is (N − 1)/N of the
 * limit and N − 1 requests, once, and it is paid back. Times are milliseconds. Not safe for several
 * threads.
 */
final class Bucket {
  private static final double MILLIS = 60_000;

  /** Amounts this small are errors of arithmetic. */
  private static final double NOTHING = 1e-6;

  private static final double UNTIL_SETTLED = 1_000;

  private long limit;
  private int processes = 1;

  /** Whether the last settlement failed. */
  private boolean away;

  /** Of the share. */
  private double left;

  /** By all, as far as is known; refilled it is less and less. */
  private double used;

  private final Unsettled unsettled = new Unsettled();
  private long at;

  Bucket(long limit, long now) {
    this.limit = limit;
    left = limit;
    at = now;
  }

  long limit() {
    return limit;
  }

  /** Sets another limit; what was spent stays spent. */
  void limit(long other) {
    left += (double) (other - limit) / processes;
    limit = other;
  }

  /** What refills in a millisecond. */
  double rate() {
    return limit / MILLIS;
  }

  private void advance(long now) {
    double refilled = Math.max(0, now - at) * rate();
    at = now;
    left = Math.min((double) limit / processes, left + refilled / processes);
    used = Math.max(0, used - refilled);
  }

  /** How long until so much may be spent, in milliseconds; 0: now. */
  double until(double amount, long now) {
    advance(now);
    double needed = Math.min(amount, limit);
    double free = limit - used;
    boolean held = processes == 1 || left > NOTHING;
    if (held && free >= needed - NOTHING) {
      return 0;
    }
    double refill = (needed - free) / rate();
    if (processes == 1) {
      return refill;
    }
    return Math.max(refill, away ? -left * processes / rate() + 1 : UNTIL_SETTLED);
  }

  /** Spends so much, or gives it back. */
  void spend(double amount) {
    left -= amount;
    used = Math.max(0, used + amount);
    unsettled.add(amount);
  }

  /** What is left of the whole bucket, as far as is known; not below 0. */
  long free(long now) {
    advance(now);
    return (long) Math.max(0, Math.floor(limit - used + NOTHING));
  }

  /** Milliseconds until it is full again when nothing is spent. */
  double untilFull(long now) {
    advance(now);
    return used / rate();
  }

  Unsettled unsettled() {
    return unsettled;
  }

  /** What was sent arrived: with it all have used so much, and so many share it. */
  void settled(double usedByAll, int sharers, long now) {
    unsettled.arrived();
    heard(usedByAll, sharers, now);
  }

  /** All have used so much, without what is unsettled here, and so many share it. */
  void heard(double usedByAll, int sharers, long now) {
    at = now;
    processes = sharers;
    away = false;
    used = Math.max(0, usedByAll + unsettled.all());
    double free = limit - usedByAll;
    left = Math.min(limit, free) / processes - unsettled.all();
  }

  void failed(boolean mayHaveArrived) {
    unsettled.failed(mayHaveArrived);
    away = true;
  }
}
