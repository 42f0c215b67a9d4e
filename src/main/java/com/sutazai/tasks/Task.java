package com.sutazai.tasks;

import static com.sutazai.platform.sql.SqlValues.instant;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A task as callers see it.
 *
 * @param agent name of the agent that ran or will run it; stays when the agent is deleted
 * @param attempt how often it was claimed, also when the process died
 * @param payload absent in lists
 * @param result absent in lists
 * @param progress as it was reported last in the try that runs; null when it reports nothing, and
 *     from its end on
 * @param expiresAt when it is not begun any more
 * @param dead whether all retries are used up
 * @param change grows with every change of state and every report of progress; the id of its event
 */
@RegisterForReflection
public record Task(
    UUID id,
    String type,
    @Nullable UUID agentId,
    @Nullable String agent,
    @Schema(enumeration = {"pending", "processing", "completed", "failed", "cancelled"})
        String status,
    int priority,
    int attempt,
    int maxRetries,
    int timeoutSeconds,
    List<String> requiredCapabilities,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String payload,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String result,
    @Nullable Failure error,
    @Nullable Reported progress,
    Instant createdAt,
    Instant runAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable Instant expiresAt,
    boolean dead,
    Timings timings,
    Links links,
    @JsonIgnore long change) {

  private static final int MOST_REPORTS = 1_000_000;

  public static final String COMPLETED = "completed";
  public static final String CANCELLED = "cancelled";
  static final String PENDING = "pending";
  static final String PROCESSING = "processing";
  static final String FAILED = "failed";

  /**
   * @param code stable name of the reason
   */
  @RegisterForReflection
  public record Failure(String code, @Nullable String detail) {}

  /**
   * How far a running task is.
   *
   * @param fraction 0 to 1; null when its agent cannot tell
   */
  @RegisterForReflection
  public record Reported(@Nullable Double fraction, @Nullable String message, Instant updatedAt) {
    static @Nullable Reported from(Row row) {
      OffsetDateTime at = row.getOffsetDateTime("progress_at");
      return at == null
          ? null
          : new Reported(
              row.getDouble("progress_fraction"),
              row.getString("progress_message"),
              at.toInstant());
    }
  }

  /**
   * @param queueMs from the moment it could run to its last start
   * @param runMs from its last start to its end
   */
  @RegisterForReflection
  public record Timings(@Nullable Long queueMs, @Nullable Long runMs) {}

  @RegisterForReflection
  public record Links(String self, String events) {
    static Links of(UUID id) {
      String self = "/api/tasks/" + id;
      return new Links(self, self + "/events");
    }
  }

  /**
   * Grows with every change of state and every report, over all tries and rounds.
   *
   * @param reports of progress in this try; null is none
   */
  static long change(String status, int attempt, int round, @Nullable Integer reports) {
    int place =
        switch (status) {
          case PENDING -> attempt * 3;
          case PROCESSING -> attempt * 3 - 2;
          default -> attempt * 3 + 2;
        };
    return (round * 100L + place) * MOST_REPORTS
        + (reports == null ? 0 : Math.min(reports, MOST_REPORTS - 1));
  }

  static long change(Row row) {
    return change(
        row.getString("status"),
        row.getInteger("attempt"),
        row.getInteger("round"),
        row.getInteger("progress_count"));
  }

  static Task from(Row row, boolean whole) {
    UUID id = row.getUUID("id");
    Instant created = row.getOffsetDateTime("created_at").toInstant();
    Instant runAt = row.getOffsetDateTime("run_at").toInstant();
    Instant started = instant(row, "started_at");
    Instant completed = instant(row, "completed_at");
    String code = row.getString("error_code");
    String result = whole ? row.getString("result") : null;
    return new Task(
        id,
        row.getString("type"),
        row.getUUID("agent_id"),
        row.getString("agent"),
        row.getString("status"),
        row.getShort("priority"),
        row.getInteger("attempt"),
        row.getInteger("max_retries"),
        row.getInteger("timeout_seconds"),
        List.of(row.getArrayOfStrings("required_capabilities")),
        whole ? row.getString("payload") : null,
        whole && result == null ? "null" : result,
        code == null ? null : new Failure(code, row.getString("error_detail")),
        Reported.from(row),
        created,
        runAt,
        started,
        completed,
        instant(row, "expires_at"),
        row.getBoolean("dead"),
        new Timings(millis(runAt, started), millis(started, completed)),
        Links.of(id),
        change(row));
  }

  @JsonIgnore
  public boolean isFinished() {
    return completedAt != null;
  }

  private static @Nullable Long millis(@Nullable Instant from, @Nullable Instant to) {
    return from == null || to == null ? null : Math.max(0, Duration.between(from, to).toMillis());
  }
}
