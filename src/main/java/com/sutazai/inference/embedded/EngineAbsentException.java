package com.sutazai.inference.embedded;

/** The engine cannot run here; the message says why and what to do. */
final class EngineAbsentException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String why;

  EngineAbsentException(String why) {
    super(why, null, false, false);
    this.why = why;
  }

  String why() {
    return why;
  }
}
