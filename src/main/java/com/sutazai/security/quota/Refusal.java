package com.sutazai.security.quota;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;

/**
 * Why something is not to be had now.
 *
 * @param allowed what the limit is
 * @param delay after which it helps to come again
 */
record Refusal(Limit limit, long allowed, Duration delay) {
  /** What the caller is told. */
  String detail() {
    return "This key may have "
        + allowed
        + " "
        + limit.unit()
        + " (limits."
        + limit.text()
        + " of the key, or sutazai.quotas."
        + limit.text().replace('_', '-')
        + "); come again in "
        + seconds()
        + " s.";
  }

  /** Whole seconds, at least one. */
  long seconds() {
    return Math.max(1, (delay.toMillis() + 999) / 1000);
  }

  ProblemException problem() {
    return new ProblemException(ErrorCode.QUOTA_EXCEEDED, detail())
        .retryAfter(Duration.ofSeconds(seconds()));
  }
}
