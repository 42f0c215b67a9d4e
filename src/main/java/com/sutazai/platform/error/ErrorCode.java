package com.sutazai.platform.error;

/**
 * Every error the product answers with. The lower-case name is the stable {@code code} on the wire;
 * clients branch on it, people read the title and the detail.
 */
public enum ErrorCode {
  INVALID_JSON(400, "The body is not valid JSON"),
  INVALID_REQUEST(400, "The request breaks a rule"),
  INVALID_CURSOR(400, "The cursor was not made by this server"),
  MODEL_REFUSED(400, "The model server refuses this request"),
  UNAUTHENTICATED(401, "Credentials are missing or wrong"),
  FORBIDDEN(403, "Not allowed"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The route does not take this method"),
  NOT_ACCEPTABLE(406, "The route cannot answer in an accepted media type"),
  WRONG_STATE(409, "The state does not allow this"),
  LEASE_LOST(409, "The task was taken away"),
  CONFLICT(409, "It conflicts with what is stored"),
  RESOURCE_LIMIT(409, "There is not so much of the resource, or no holder may have it"),
  IN_PROGRESS(409, "The first request with this key is still running", true),
  PRECONDITION_FAILED(412, "It was changed in the meantime"),
  PAYLOAD_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The first line of the request is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The media type is not supported"),
  UNKNOWN_TASK_TYPE(422, "Nothing here serves this task type"),
  NO_CAPABLE_AGENT(422, "No agent has all required capabilities"),
  WORKFLOW_CYCLE(422, "The steps wait for each other in a circle"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used with another body"),
  TOO_MANY_ATTEMPTS(429, "Too many failed attempts", true),
  QUOTA_EXCEEDED(429, "A limit of the key is used up", true),
  HEADERS_TOO_LARGE(431, "The header fields are too large"),
  INTERNAL(500, "Something went wrong on our side"),
  MODEL_FAILED(502, "The model server failed", true),
  SERVER_BUSY(503, "Too many requests are at work", true),
  RESOURCE_BUSY(503, "Not enough of the resource is free", true),
  QUEUE_FULL(503, "The queue is full", true),
  DATABASE_UNAVAILABLE(503, "The database cannot be used", true),
  OUTCOME_UNKNOWN(503, "It is not known whether this was done", true),
  TOO_MANY_STREAMS(503, "Too many event streams are open", true),
  SHUTTING_DOWN(503, "The server is about to stop", true),
  MODEL_BUSY(503, "Too many requests wait for the model", true),
  MODEL_UNAVAILABLE(503, "No model server can be reached", true),
  MODEL_NOT_FOUND(503, "The model is not installed"),
  NOT_CACHED(504, "Nothing that is kept answers this"),
  MODEL_TIMEOUT(504, "The model server did not answer in time", true),
  ;

  private final int status;
  private final String title;
  private final boolean retryable;

  ErrorCode(int status, String title) {
    this(status, title, false);
  }

  ErrorCode(int status, String title, boolean retryable) {
    this.status = status;
    this.title = title;
    this.retryable = retryable;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** One sentence that is the same for every occurrence. */
  public String title() {
    return title;
  }

  /** Whether the database failed, not the request: the same may be tried again as it is. */
  public boolean isOutage() {
    return this == DATABASE_UNAVAILABLE || this == OUTCOME_UNKNOWN;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** The code on the wire, such as {@code queue_full}. */
  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
