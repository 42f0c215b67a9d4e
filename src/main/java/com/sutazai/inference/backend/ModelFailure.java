package com.sutazai.inference.backend;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The model server did not do its part. */
public final class ModelFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final Duration SOON = Duration.ofSeconds(2);

  /**
   * What went wrong, and with it: what the caller is told, and whether it speaks against the
   * server.
   */
  public enum Kind {
    /** No connection, or it was refused. */
    UNREACHABLE(ErrorCode.MODEL_UNAVAILABLE, true, true),
    /** The connection ended before the answer did. */
    CUT(ErrorCode.MODEL_FAILED, true, true),
    /** The server answered with a status of 500 or more that says nothing of the request. */
    SERVER_ERROR(ErrorCode.MODEL_FAILED, true, true),
    /** The server said that it has too much to do. */
    OVERLOADED(ErrorCode.MODEL_UNAVAILABLE, true, true),
    /** Nothing came in time. Not tried again: the caller has waited long enough. */
    TIMEOUT(ErrorCode.MODEL_TIMEOUT, false, true),
    /** What it sent cannot be understood. */
    GARBLED(ErrorCode.MODEL_FAILED, false, true),
    /** It reported an error of the model itself, in the middle of an answer. */
    REPORTED(ErrorCode.MODEL_FAILED, false, true),
    /** It lets nobody in with the key that is set for it. Another server may do it. */
    SHUT_OUT(ErrorCode.MODEL_UNAVAILABLE, true, true),
    /** It refused this request and is well. */
    REFUSED(ErrorCode.MODEL_REFUSED, false, false),
    /** The model is not there; the server is well. */
    MISSING_MODEL(ErrorCode.MODEL_NOT_FOUND, false, false);

    private final ErrorCode code;
    private final boolean retryable;
    private final boolean againstServer;

    Kind(ErrorCode code, boolean retryable, boolean againstServer) {
      this.code = code;
      this.retryable = retryable;
      this.againstServer = againstServer;
    }
  }

  private final Kind kind;
  private final String detail;

  public ModelFailure(Kind kind, String detail) {
    this(kind, detail, null);
  }

  public ModelFailure(Kind kind, String detail, @Nullable Throwable cause) {
    super(detail, cause, false, false);
    this.kind = kind;
    this.detail = detail;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether another try may work, provided that no token was passed on yet. */
  public boolean retryable() {
    return kind.retryable;
  }

  /** Whether it counts for the circuit breaker. */
  public boolean againstServer() {
    return kind.againstServer;
  }

  public ProblemException problem() {
    var problem = new ProblemException(kind.code, detail);
    problem = kind.code.retryable() ? problem.retryAfter(SOON) : problem;
    return getCause() == null ? problem : problem.causedBy(getCause());
  }
}
