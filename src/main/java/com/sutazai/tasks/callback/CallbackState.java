package com.sutazai.tasks.callback;

import static com.sutazai.platform.sql.SqlValues.instant;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the callback of a task stands.
 *
 * @param url without its query
 * @param status {@code waiting} for the task's end or for the next try, {@code delivered} or {@code
 *     failed}
 * @param attempts tries since the task's last end
 * @param lastStatus HTTP status of the last answer; null when there was none
 * @param lastError why the last try did not succeed
 * @param nextAttemptAt when the next try begins; null when none is due or one is under way
 */
@RegisterForReflection
record CallbackState(
    String url,
    String status,
    int attempts,
    @Nullable Integer lastStatus,
    @Nullable String lastError,
    @Nullable Instant nextAttemptAt,
    @Nullable Instant deliveredAt) {
  static CallbackState from(Row row) {
    return new CallbackState(
        Callback.withoutQuery(row.getString("url")),
        row.getString("status"),
        row.getInteger("attempts"),
        row.getInteger("last_status"),
        row.getString("last_error"),
        instant(row, "due_at"),
        instant(row, "delivered_at"));
  }
}
