package com.sutazai.gateway.batch;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch as OpenAI's clients see it; times are seconds since 1970.
 *
 * @param errors what is wrong with the input's lines, of a batch that has failed
 * @param outputFileId answers, once it has ended and there are any
 * @param errorFileId lines without an answer, likewise
 */
@RegisterForReflection
record Batch(
    String id,
    String object,
    String endpoint,
    @JsonRawValue @Nullable String errors,
    String inputFileId,
    String completionWindow,
    String status,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    long createdAt,
    @Nullable Long inProgressAt,
    long expiresAt,
    @Nullable Long finalizingAt,
    @Nullable Long completedAt,
    @Nullable Long failedAt,
    @Nullable Long expiredAt,
    @Nullable Long cancellingAt,
    @Nullable Long cancelledAt,
    Counts requestCounts,
    @JsonRawValue @Nullable String metadata) {
  static final String VALIDATING = "validating";
  static final String IN_PROGRESS = "in_progress";
  static final String FINALIZING = "finalizing";
  static final String CANCELLING = "cancelling";
  static final String CANCELLED = "cancelled";

  /**
   * How far it is.
   *
   * @param total lines of the input; 0 until they are checked
   * @param failed lines that ended without an answer
   */
  @RegisterForReflection
  record Counts(int total, int completed, int failed) {}

  static Batch from(Row row) {
    String status = row.getString("status");
    boolean ended = row.getOffsetDateTime("ended_at") != null;
    return new Batch(
        WireId.batch(row.getUUID("id")),
        "batch",
        row.getString("endpoint"),
        row.getString("errors"),
        WireId.file(row.getUUID("input_file_id")),
        row.getString("completion_window"),
        status,
        file(row, "output_file_id", ended),
        file(row, "error_file_id", ended),
        row.getOffsetDateTime("created_at").toEpochSecond(),
        seconds(row, "in_progress_at"),
        row.getOffsetDateTime("expires_at").toEpochSecond(),
        seconds(row, "finalizing_at"),
        endedAs(row, "completed"),
        endedAs(row, "failed"),
        endedAs(row, "expired"),
        seconds(row, "cancelling_at"),
        endedAs(row, CANCELLED),
        new Counts(row.getInteger("total"), row.getInteger("completed"), row.getInteger("failed")),
        row.getString("metadata"));
  }

  private static @Nullable String file(Row row, String column, boolean ended) {
    UUID id = row.getUUID(column);
    return ended && id != null ? WireId.file(id) : null;
  }

  private static @Nullable Long endedAs(Row row, String status) {
    return row.getString("status").equals(status) ? seconds(row, "ended_at") : null;
  }

  private static @Nullable Long seconds(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toEpochSecond();
  }
}
