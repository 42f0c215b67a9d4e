package com.sutazai.agents;

import static java.util.stream.Collectors.joining;

import com.sutazai.platform.error.ProblemException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How one of several agents that could take a task is chosen. */
public enum Strategy {
  /** Least loaded first. */
  LEAST_LOADED,
  /** Each in turn, for each task type anew. */
  ROUND_ROBIN,
  /** Who has the fewest capabilities beyond those required, so that generalists stay free. */
  CAPABILITY_MATCH,
  /** By the {@code priority} of the agents' config, 0 first. */
  PRIORITY,
  /**
   * By what was measured: 0.4 of free load, 0.4 of the share of runs that completed, 0.2 of speed
   * (1 for up to a minute a run, then less).
   */
  SCORE;

  /** The word for it in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Strategy> find(String word) {
    return Arrays.stream(values()).filter(strategy -> strategy.word().equals(word)).findFirst();
  }

  /**
   * @param field where the word stands, to name it with
   */
  public static Strategy of(String field, String word) {
    return find(word)
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    field,
                    "must be one of "
                        + Arrays.stream(values()).map(Strategy::word).collect(joining(", "))));
  }
}
