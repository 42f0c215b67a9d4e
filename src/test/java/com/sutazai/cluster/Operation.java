package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Action.Cancel;
import com.sutazai.cluster.Operation.Action.Read;
import com.sutazai.cluster.Operation.Action.Report;
import com.sutazai.cluster.Operation.Action.Retry;
import com.sutazai.cluster.Operation.Action.Submit;
import com.sutazai.cluster.Operation.Action.Take;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client and what came of it.
 *
 * @param invoked place of the request in the order of all events of the history
 * @param returned place of its answer in the same order
 * @param node which process was asked
 */
record Operation(long invoked, long returned, int node, Action action, Outcome outcome) {

  /** Whether this one had its answer before the other was asked. */
  boolean isBefore(Operation other) {
    return returned < other.invoked;
  }

  /** What the client wanted. */
  sealed interface Action {
    /**
     * A new task. Its payload carries the token, so it is recognised wherever it is seen.
     *
     * @param key idempotency key; null: the request must not be sent twice
     * @param rows what a {@code data_processing} task must count; -1 for other types
     */
    record Submit(String token, String type, @Nullable String key, int rows) implements Action {}

    record Read(String id) implements Action {}

    record Cancel(String id) implements Action {}

    record Retry(String id) implements Action {}

    /** A worker asks for work; an answer that saw no task had none. */
    record Take(String worker) implements Action {}

    /** A worker says that it completed ({@code done}) or failed what the lease stands for. */
    record Report(String id, String lease, boolean done) implements Action {}
  }

  /** What the client knows afterwards. */
  sealed interface Outcome {
    /**
     * An answer 2xx.
     *
     * @param seen the task in it; null when there was none
     */
    record Done(int status, @Nullable Seen seen) implements Outcome {}

    /** Known not to be done. */
    record Refused(int status, String code) implements Outcome {}

    /**
     * May be done, may yet be done, or may never be: the connection broke, time ran out, or the
     * answer does not say.
     *
     * @param status 0 when there was no answer
     */
    record Unknown(int status, String why) implements Outcome {}
  }

  /**
   * A task as an answer showed it.
   *
   * @param token the one in its payload
   * @param error code of its failure
   */
  record Seen(
      String id,
      String token,
      String type,
      String status,
      int attempt,
      int maxRetries,
      boolean dead,
      @Nullable String error,
      @Nullable String completedAt,
      @Nullable JsonObject result) {

    static Seen of(JsonObject task) {
      JsonObject error = task.getJsonObject("error");
      return new Seen(
          task.getString("id"),
          task.getJsonObject("payload").getString("token", ""),
          task.getString("type"),
          task.getString("status"),
          task.getInteger("attempt"),
          task.getInteger("max_retries"),
          task.getBoolean("dead"),
          error == null ? null : error.getString("code"),
          task.getString("completed_at"),
          task.getJsonObject("result"));
    }

    boolean isFinal() {
      return !status.equals("pending") && !status.equals("processing");
    }
  }

  /** The task in the answer, if there was one. */
  @Nullable Seen seen() {
    return outcome instanceof Outcome.Done done ? done.seen() : null;
  }

  boolean isDone() {
    return outcome instanceof Outcome.Done;
  }

  boolean isRefused() {
    return outcome instanceof Outcome.Refused;
  }

  /** Whether it asked for a task that was not there. */
  boolean isMissing() {
    return !(action instanceof Report)
        && outcome instanceof Outcome.Refused refused
        && refused.status() == 404;
  }

  /** Id of the task that the request named; null when it named none. */
  @Nullable String id() {
    return switch (action) {
      case Read read -> read.id();
      case Cancel cancel -> cancel.id();
      case Retry retry -> retry.id();
      case Report report -> report.id();
      case Submit submit -> null;
      case Take take -> null;
    };
  }
}
