package com.sutazai.cache;

import java.time.Duration;

/**
 * How a region keeps what it has.
 *
 * @param name the value of the label {@code cache_type}
 * @param ttl how long an entry is fresh
 * @param maxBytes of entries in memory
 * @param staleIfError how long after that it is still answered when the database is away
 * @param waiting how processes wait for what another one loads
 */
record RegionSettings(
    String name, Duration ttl, long maxBytes, Duration staleIfError, Waiting waiting) {
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
