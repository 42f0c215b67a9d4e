package com.sutazai.inference;

import java.time.Duration;

/** Where an answer came from, for whoever wants to know whether it is new. */
public sealed interface Origin {
  /** The model, for one request alone. */
  record Own() implements Origin {}

  /**
   * The model, because nothing was kept.
   *
   * @param stored whether the answer is kept from now on; false before its end
   */
  record Asked(boolean stored) implements Origin {}

  /**
   * The model, because the caller wanted nothing that was kept.
   *
   * @param stored whether the answer is kept from now on; false before its end
   */
  record Bypassed(boolean stored) implements Origin {}

  /** The model, asked for an identical request that was under way. */
  record Joined() implements Origin {}

  /**
   * What was kept.
   *
   * @param ttl how long it will still be answered
   */
  record Kept(Duration ttl) implements Origin {}

  /** Whether no model worked for it. */
  default boolean cached() {
    return this instanceof Kept;
  }

  /** Whether no model worked for this request, so that it costs nothing. */
  default boolean free() {
    return this instanceof Kept || this instanceof Joined;
  }
}
