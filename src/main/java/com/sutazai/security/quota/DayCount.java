package com.sutazai.security.quota;

/**
 * What may be spent from midnight to midnight (UTC), shared like a {@link Bucket} but never
 * refilled. While the others cannot be heard of, a process whose share is spent goes on by the last
 * numbers of the day that it knows: then each may spend what was left at that time. Not safe for
 * several threads.
 */
final class DayCount {
  private static final long DAY = 86_400_000;
  private static final double UNTIL_SETTLED = 1_000;

  private long limit;
  private int processes = 1;
  private boolean away;

  /** Day that others were heard of last. */
  private long heardOf = -1;

  private long day;
  private double left;
  private double used;
  private final Unsettled unsettled = new Unsettled();

  DayCount(long limit, long now) {
    this.limit = limit;
    begin(Math.floorDiv(now, DAY));
  }

  private void begin(long newDay) {
    day = newDay;
    used = 0;
    left = (double) limit / processes;
    unsettled.forget();
  }

  private void advance(long now) {
    long today = Math.floorDiv(now, DAY);
    if (today > day) {
      begin(today);
    }
  }

  long limit() {
    return limit;
  }

  /** Sets another limit; what was spent stays spent. */
  void limit(long other) {
    left += (double) (other - limit) / processes;
    limit = other;
  }

  /** The day that is counted now, in days since 1970. */
  long day(long now) {
    advance(now);
    return day;
  }

  /** How long until so much may be spent, in milliseconds; 0: now. */
  double until(double amount, long now) {
    advance(now);
    if (limit - used < Math.min(amount, limit)) {
      return untilNext(now);
    }
    return processes == 1 || left > 0 || (away && heardOf == day) ? 0 : UNTIL_SETTLED;
  }

  /** Milliseconds until the next day. */
  double untilNext(long now) {
    return Math.max(1, (day + 1) * DAY - now);
  }

  /** Spends so much of that day, or gives it back; a day that is over is not counted any more. */
  void spend(double amount, long ofDay) {
    if (ofDay == day) {
      left -= amount;
      used = Math.max(0, used + amount);
      unsettled.add(amount);
    }
  }

  /** What is left of the day, as far as is known; not below 0. */
  long free(long now) {
    advance(now);
    return (long) Math.max(0, limit - used);
  }

  Unsettled unsettled() {
    return unsettled;
  }

  /** What was sent arrived: with it all have used so much of that day, and so many share it. */
  void settled(long ofDay, double usedByAll, int sharers) {
    unsettled.arrived();
    heard(ofDay, usedByAll, sharers);
  }

  /** All have used so much of that day, without what is unsettled here, and so many share it. */
  void heard(long ofDay, double usedByAll, int sharers) {
    processes = sharers;
    away = false;
    if (ofDay > day) {
      begin(ofDay);
    }
    if (ofDay == day) {
      heardOf = day;
      used = Math.max(0, usedByAll + unsettled.all());
      left = (limit - usedByAll) / processes - unsettled.all();
    }
  }

  void failed(boolean mayHaveArrived) {
    unsettled.failed(mayHaveArrived);
    away = true;
  }
}
