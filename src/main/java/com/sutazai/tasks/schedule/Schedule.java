package com.sutazai.tasks.schedule;

import static com.sutazai.platform.sql.SqlValues.instant;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.sutazai.platform.json.EntityTag;
import com.sutazai.tasks.SubmitTask;
import com.sutazai.tasks.Task;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as callers see it.
 *
 * @param task what it submits
 * @param nextRunAt the next moment of its timetable; null while it is not enabled
 * @param lastRunAt when it made its last task
 * @param lastError why it made no task the last time; null when it made one
 * @param version grows with each change by a caller, not with runs; the ETag
 */
@RegisterForReflection
record Schedule(
    UUID id,
    String name,
    String cron,
    String timeZone,
    boolean enabled,
    @JsonRawValue @Schema(implementation = SubmitTask.class) String task,
    String missed,
    @Nullable Instant nextRunAt,
    @Nullable Instant lastRunAt,
    @Nullable UUID lastTaskId,
    Task.@Nullable Failure lastError,
    Instant createdAt,
    Instant updatedAt,
    @JsonIgnore long version) {
  static final String ONCE = "once";
  static final String SKIP = "skip";

  static Schedule from(Row row) {
    String error = row.getString("error_code");
    return new Schedule(
        row.getUUID("id"),
        row.getString("name"),
        row.getString("cron"),
        row.getString("time_zone"),
        row.getBoolean("enabled"),
        row.getString("task"),
        row.getString("missed"),
        instant(row, "next_run_at"),
        instant(row, "last_run_at"),
        row.getUUID("last_task_id"),
        error == null ? null : new Task.Failure(error, row.getString("error_detail")),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        row.getLong("version"));
  }

  String etag() {
    return EntityTag.of(version);
  }
}
