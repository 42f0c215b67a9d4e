package com.sutazai.engine.model;

import java.io.IOException;

/** A file is no model that can be run; the message says why. */
public final class GgufException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String why;

  GgufException(String why) {
    super(why);
    this.why = why;
  }

  /** What is wrong with the file, beginning with "it". */
  public String why() {
    return why;
  }
}
