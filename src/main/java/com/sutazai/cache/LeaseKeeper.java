package com.sutazai.cache;

import java.time.Duration;

/**
 * A place that all processes share and that says which of them loads an entry. Leases are hints: a
 * lost one costs a second load and nothing else. Calls block a virtual thread for a bounded time,
 * and throw {@link Tier.TierException} when the place cannot be asked.
 */
public interface LeaseKeeper {
  /** What whoever wants to load an entry is told. */
  enum Answer {
    /** The lease is the caller's. */
    TAKEN,
    /** Another one has it. */
    HELD,
    /** Another one had it a moment ago, and has kept the entry. */
    KEPT
  }

  /**
   * Takes the lease if nobody has it.
   *
   * @param name of the entry, as in {@link Tier#put}
   * @param token 32 hexadecimal digits that nobody else has
   * @param hold how long nobody else gets it, unless it is given back before
   */
  Answer take(String name, String token, Duration hold);

  /** Holds it for so long from now on, if it is still the caller's. */
  void hold(String name, String token, Duration hold);

  /** Tells whoever asks in the next time that the entry is kept, if it is still the caller's. */
  void kept(String name, String token, Duration told);

  /** Lets the next one have it, if it is still the caller's. */
  void release(String name, String token);
}
