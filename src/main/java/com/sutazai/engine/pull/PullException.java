package com.sutazai.engine.pull;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A model cannot be got; the message says why, for whoever asked. */
public final class PullException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String why;

  PullException(String why) {
    this(why, null);
  }

  PullException(String why, @Nullable Throwable cause) {
    super(why, cause);
    this.why = why;
  }

  /** One sentence. */
  public String why() {
    return why;
  }
}
