package com.sutazai.tasks.workflow;

import static com.sutazai.platform.sql.SqlValues.instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.sutazai.tasks.Task;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A step as callers see it.
 *
 * @param status {@code pending}, {@code running} (its task waits or is at work), {@code completed},
 *     {@code failed}, {@code skipped} or {@code cancelled}
 * @param taskId of its task, once it has begun; the task may have been removed since
 * @param attempt tries of its task; 0 before the first
 * @param submittedAt when its task was left
 * @param payload as the caller wrote it; absent in lists
 * @param result of its task; absent in lists
 */
@RegisterForReflection
record WorkflowStep(
    String id,
    String type,
    @Schema(enumeration = {"pending", "running", "completed", "failed", "skipped", "cancelled"})
        String status,
    List<String> dependsOn,
    @Schema(enumeration = {"fail", "skip"}) String onFailure,
    @Schema(enumeration = {"skip", "run"}) String onSkipped,
    @Nullable UUID agentId,
    List<String> requiredCapabilities,
    int priority,
    int timeoutSeconds,
    int maxRetries,
    @Nullable UUID taskId,
    int attempt,
    Task.@Nullable Failure error,
    @Nullable Instant submittedAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    Task.Timings timings,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String payload,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String result) {

  static WorkflowStep brief(Row row) {
    return from(row, null, null);
  }

  static WorkflowStep whole(Row row) {
    String result = row.getString("result");
    return from(row, row.getString("payload"), result == null ? "null" : result);
  }

  private static WorkflowStep from(Row row, @Nullable String payload, @Nullable String result) {
    Instant submitted = instant(row, "submitted_at");
    Instant started = instant(row, "started_at");
    Instant completed = instant(row, "completed_at");
    String code = row.getString("error_code");
    Integer attempt = row.getInteger("attempt");
    return new WorkflowStep(
        row.getString("step"),
        row.getString("type"),
        row.getString("status"),
        List.of(row.getArrayOfStrings("depends_on")),
        row.getString("on_failure"),
        row.getString("on_skipped"),
        row.getUUID("agent_id"),
        List.of(row.getArrayOfStrings("required_capabilities")),
        row.getInteger("priority"),
        row.getInteger("timeout_seconds"),
        row.getInteger("max_retries"),
        row.getUUID("task_id"),
        attempt == null ? 0 : attempt,
        code == null ? null : new Task.Failure(code, row.getString("error_detail")),
        submitted,
        started,
        completed,
        new Task.Timings(millis(submitted, started), millis(started, completed)),
        payload,
        result);
  }

  private static @Nullable Long millis(@Nullable Instant from, @Nullable Instant to) {
    return from == null || to == null ? null : Math.max(0, Duration.between(from, to).toMillis());
  }
}
