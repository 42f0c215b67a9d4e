package com.sutazai.platform.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a catalogued error. The detail is written for the caller: what was wrong and
 * how to fix it.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  public ProblemException(ErrorCode code, String detail) {
    this(code, detail, null, null, null);
  }

  private ProblemException(
      ErrorCode code,
      String detail,
      @Nullable String field,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(detail, cause, false, false);
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /**
   * A request whose {@code field} breaks {@code rule}, such as {@code ("name", "must not be
   * blank")}.
   */
  public static ProblemException invalid(String field, String rule) {
    return new ProblemException(ErrorCode.INVALID_REQUEST, field + " " + rule, field, null, null);
  }

  public static ProblemException notFound(String what, Object id) {
    return new ProblemException(ErrorCode.NOT_FOUND, "There is no " + what + " " + id);
  }

  /** The same of a field that stands in another one. */
  public ProblemException under(String parent) {
    return field == null
        ? this
        : new ProblemException(
            code, parent + "." + detail(), parent + "." + field, retryAfter, getCause());
  }

  public ProblemException retryAfter(Duration wait) {
    return new ProblemException(code, detail(), field, wait, getCause());
  }

  public ProblemException causedBy(Throwable cause) {
    return new ProblemException(code, detail(), field, retryAfter, cause);
  }

  public ErrorCode code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  public @Nullable String field() {
    return field;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
