package com.sutazai.engine.decode;

/** Something that was asked of the engine and will not be done; the message says why. */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose turn it is now. */
  public enum Kind {
    /** The caller's: the request itself cannot be served. */
    REFUSED,
    /** There is no such model. */
    UNKNOWN_MODEL,
    /** The operator's: this model cannot be run here, now or later, and others can. */
    UNRUNNABLE_MODEL,
    /** The caller's, later: there is no room now. */
    BUSY,
    /** Nobody's: the caller has gone. */
    CANCELLED,
    /** The operator's. */
    FAILED
  }

  private final Kind kind;

  public EngineException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
