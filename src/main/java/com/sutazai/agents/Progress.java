package com.sutazai.agents;

import org.jspecify.annotations.Nullable;

/** Where an agent says how far it is with a task. */
public interface Progress {
  /** Says it to nobody. */
  Progress NONE = (fraction, message) -> {};

  /**
   * Says how far it is; returns at once and never fails. What is said within a second is stored
   * together: the last counts.
   *
   * @param fraction 0 to 1; null when it cannot be told
   * @param message what is being done, at most 500 characters; more are cut off
   */
  void report(@Nullable Double fraction, @Nullable String message);
}
