package com.sutazai.cache;

import java.time.Duration;

/**
 * How a region keeps what it has.
 *
 * @param name the value of the label {@code cache_type}
 * @param ttl how long an entry is fresh
 * @param maxBytes of entries in memory, at first
 * @param stale how long after that it may still be answered, and when
 * @param waiting how processes wait for what another one loads
 */
record RegionSettings(String name, Duration ttl, long maxBytes, Stale stale, Waiting waiting) {
  /**
   * How long past its end an entry may be answered whose tags have not changed.
   *
   * @param whileRevalidate while a newer one is loaded; 0 never
   * @param ifError when the database is away; 0 never
   */
  record Stale(Duration whileRevalidate, Duration ifError) {
    static final Stale NEVER = new Stale(Duration.ZERO, Duration.ZERO);

    Duration longest() {
      return whileRevalidate.compareTo(ifError) > 0 ? whileRevalidate : ifError;
    }
  }

  /**
   * How processes wait for what another one loads.
   *
   * @param lease how long a process that loads is waited for without a sign of life; 0 never
   * @param most how long it is waited for at all
   */
  record Waiting(Duration lease, Duration most) {
    /** Loading costs less than asking whether another one does. */
    static final Waiting NOT = new Waiting(Duration.ZERO, Duration.ZERO);
  }
}
