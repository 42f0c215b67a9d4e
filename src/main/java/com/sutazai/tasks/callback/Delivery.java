package com.sutazai.tasks.callback;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The news of one end of a task, claimed for one try.
 *
 * @param end the how-manieth end of the task it is
 * @param attempt the how-manieth try this is, those included in which the process died
 * @param lease proves the claim; every later write names it
 * @param ownSecret the owner's; null before its first use
 */
record Delivery(
    UUID taskId,
    UUID owner,
    String url,
    String receiver,
    int end,
    Instant endedAt,
    int attempt,
    UUID lease,
    @Nullable String ownSecret) {
  static Delivery from(Row row, UUID lease) {
    return new Delivery(
        row.getUUID("task_id"),
        row.getUUID("owner_id"),
        row.getString("url"),
        row.getString("receiver"),
        row.getInteger("ends"),
        row.getOffsetDateTime("ended_at").toInstant(),
        row.getInteger("attempts"),
        lease,
        row.getString("callback_secret"));
  }

  /** The same for each try of it, another for each end of the task. */
  String id() {
    return taskId + "_" + end;
  }
}
