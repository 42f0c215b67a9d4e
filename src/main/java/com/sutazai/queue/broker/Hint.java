package com.sutazai.queue.broker;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.UUID;

/**
 * A message: there may be something to do. What and whether is in the job's row.
 *
 * @param attempt the try that is due, counted from 1; for people who look into a queue
 */
record Hint(UUID taskId, String type, int attempt) {
  byte[] toJson() {
    return new JsonObject()
        .put("task_id", taskId.toString())
        .put("type", type)
        .put("attempt", attempt)
        .toBuffer()
        .getBytes();
  }

  /** Reads what {@link #toJson} wrote; throws some runtime exception when it is no hint. */
  static Hint parse(byte[] message) {
    JsonObject json = new JsonObject(Buffer.buffer(message));
    return new Hint(
        UUID.fromString(json.getString("task_id", "")),
        Objects.requireNonNull(json.getString("type"), "type"),
        json.getInteger("attempt", 1));
  }
}
