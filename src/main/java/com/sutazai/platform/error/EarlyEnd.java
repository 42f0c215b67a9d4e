package com.sutazai.platform.error;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is ended while it is at work; told by any thread, asked by the one that answers.
 */
public final class EarlyEnd {
  private static final String KEY = "sutazai.early-end";

  private volatile @Nullable ProblemException reason;

  private EarlyEnd() {}

  /** That of the request, which nothing ends yet; for the thread that serves it. */
  public static EarlyEnd begin(RoutingContext context) {
    EarlyEnd known = context.get(KEY);
    if (known != null) {
      return known;
    }
    EarlyEnd end = new EarlyEnd();
    context.put(KEY, end);
    return end;
  }

  /** What the request is to be answered; null when nothing ended it. */
  public static @Nullable ProblemException reason(RoutingContext context) {
    EarlyEnd end = context.get(KEY);
    return end == null ? null : end.reason();
  }

  /** What the request is to be answered; null when nothing ended it. */
  public @Nullable ProblemException reason() {
    return reason;
  }

  public void tell(ProblemException why) {
    reason = why;
  }
}
