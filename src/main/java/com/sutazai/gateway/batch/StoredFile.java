package com.sutazai.gateway.batch;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file as OpenAI's clients see it.
 *
 * @param createdAt seconds since 1970
 * @param expiresAt when it may be removed, likewise; null: never
 * @param purpose {@code batch} of an upload, {@code batch_output} of what a batch wrote
 */
@RegisterForReflection
record StoredFile(
    String id,
    String object,
    long bytes,
    long createdAt,
    @Nullable Long expiresAt,
    String filename,
    String purpose,
    String status,
    @Nullable String statusDetails) {
  static final String INPUT = "batch";
  static final String OUTPUT = "batch_output";

  /**
   * The file of a row.
   *
   * @param keep how long it is kept; zero: for ever
   */
  static StoredFile from(Row row, Duration keep) {
    long createdAt = row.getOffsetDateTime("created_at").toEpochSecond();
    return new StoredFile(
        WireId.file(row.getUUID("id")),
        "file",
        row.getLong("bytes"),
        createdAt,
        keep.isPositive() ? createdAt + keep.toSeconds() : null,
        row.getString("name"),
        row.getString("purpose"),
        "processed",
        null);
  }

  /** That a file is gone. */
  @RegisterForReflection
  record Deleted(String id, String object, boolean deleted) {}
}
