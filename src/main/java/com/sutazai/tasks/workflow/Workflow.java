package com.sutazai.tasks.workflow;

import static com.sutazai.platform.sql.SqlValues.instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A workflow as callers see it.
 *
 * @param status {@code running}, {@code paused}, {@code completed}, {@code failed} or {@code
 *     cancelled}
 * @param input absent in lists
 * @param error why it has failed
 * @param steps in the order of the request; absent in lists
 */
@RegisterForReflection
record Workflow(
    UUID id,
    String name,
    @Nullable String description,
    @Schema(enumeration = {"running", "paused", "completed", "failed", "cancelled"}) String status,
    @Schema(enumeration = {"fail", "continue"}) String onFailure,
    int maxParallel,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String input,
    @Nullable Failure error,
    Progress progress,
    Instant createdAt,
    @Nullable Instant completedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<WorkflowStep> steps) {

  /**
   * The failure that ended it.
   *
   * @param code of the step's error
   * @param step that failed first
   */
  @RegisterForReflection
  record Failure(String code, @Nullable String detail, String step) {}

  /**
   * How many steps are in each state, as they are stored.
   *
   * @param fraction of all steps that are completed, 0 to 1
   */
  @RegisterForReflection
  record Progress(
      long total,
      long pending,
      long running,
      long completed,
      long failed,
      long skipped,
      long cancelled,
      double fraction) {
    private static Progress from(Row row) {
      long total = row.getLong("total");
      long completed = row.getLong("completed");
      return new Progress(
          total,
          row.getLong("pending"),
          row.getLong("running"),
          completed,
          row.getLong("failed"),
          row.getLong("skipped"),
          row.getLong("cancelled"),
          (double) completed / total);
    }
  }

  /** From a row with the counts of its steps. */
  static Workflow from(Row row, @Nullable String input, @Nullable List<WorkflowStep> steps) {
    String code = row.getString("error_code");
    return new Workflow(
        row.getUUID("id"),
        row.getString("name"),
        row.getString("description"),
        row.getString("status"),
        row.getString("on_failure"),
        row.getInteger("max_parallel"),
        input,
        code == null
            ? null
            : new Failure(code, row.getString("error_detail"), row.getString("error_step")),
        Progress.from(row),
        row.getOffsetDateTime("created_at").toInstant(),
        instant(row, "completed_at"),
        steps);
  }
}
