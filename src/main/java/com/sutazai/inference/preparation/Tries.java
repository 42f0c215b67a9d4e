package com.sutazai.inference.preparation;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Does a step until it works, with a pause after each failure that may pass, twice as long each
 * time. A failure is logged once, not with each further try that ends like it.
 */
final class Tries {
  private static final Logger LOG = Logger.getLogger(Tries.class);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Rest rest;

  Tries(Rest rest) {
    this.rest = rest;
  }

  /** How a pause is spent. */
  interface Rest {
    void rest(Duration pause) throws InterruptedException;
  }

  /** What is done. */
  interface Step {
    void take() throws ModelFailure, InterruptedException;
  }

  /**
   * True when the step worked at last, false when it failed for good.
   *
   * @param failed said in the log before the reason
   * @param passing kinds of failure that may pass
   */
  boolean until(String failed, Set<Kind> passing, Step step) throws InterruptedException {
    Duration pause = FIRST;
    String told = "";
    while (true) {
      try {
        step.take();
        return true;
      } catch (ModelFailure failure) {
        boolean again = passing.contains(failure.kind());
        String reason = failure.getMessage() + (again ? " (it is tried again)" : "");
        if (!reason.equals(told)) {
          LOG.warnf("%s: %s", failed, reason);
          told = reason;
        }
        if (!again) {
          return false;
        }
      }
      rest.rest(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
  }
}
