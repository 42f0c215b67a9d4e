package com.sutazai.cache;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;

/**
 * A value, and where it came from.
 *
 * @param age since it was loaded
 * @param ttl how long it stays fresh; negative when it is answered although it no longer is
 */
public record Cached<V>(V value, Source source, Duration age, Duration ttl) {
  /** Where a value came from. */
  public enum Source {
    MEMORY,
    REDIS,
    DATABASE,
    /** It was loaded for this call. */
    LOADED,
    /** It was loaded for another call that asked for the same at the same time. */
    COLLAPSED;

    /** Whether it was kept, rather than loaded now. */
    public boolean isHit() {
      return this != LOADED && this != COLLAPSED;
    }

    /** The word for it in metrics and statistics. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it is answered past its time because nothing newer could be had. */
  public boolean stale() {
    return ttl.isNegative();
  }

  /** The same of another value that is made of this one. */
  public <W> Cached<W> map(Function<V, W> made) {
    return new Cached<>(made.apply(value), source, age, ttl);
  }
}
