package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.id.Ids;
import com.sutazai.tasks.OwnTasks.OwnTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;

/** The tasks that a batch is run by: what they are told, and how they are told it. */
@ApplicationScoped
class BatchTasks {
  /** Tasks that ask lines; each process runs few of them at once. */
  static final String LINES = "batch_lines";

  /** Tasks that move a batch on; they are short and never wait for lines. */
  static final String STATE = "batch_state";

  private static final int IDLE = 0;
  private static final int BEFORE_IDLE = 1;

  private final Ids ids;

  BatchTasks(Ids ids) {
    this.ids = ids;
  }

  /** What a state task does. */
  enum Step {
    /** Checks the input's lines and begins the batch. */
    VALIDATE,
    /** Ends the batch after its window, whatever became of its other tasks. */
    EXPIRE,
    /** Ends a batch that takes no more answers. */
    FINISH
  }

  /**
   * What a lines task does.
   *
   * @param number of the slice, from 0
   * @param pauses since a line of it ended
   */
  record Slice(UUID batch, int number, int pauses) {
    static Slice from(JsonNode payload) {
      return new Slice(
          UUID.fromString(payload.get("batch").textValue()),
          payload.get("slice").intValue(),
          payload.get("pauses").intValue());
    }
  }

  OwnTask state(Step step, UUID batch, Duration delay) {
    ObjectNode payload = payload(batch).put("step", step.name().toLowerCase(Locale.ROOT));
    return new OwnTask(ids.next(), STATE, payload, BEFORE_IDLE, delay);
  }

  static Step step(JsonNode payload) {
    return Step.valueOf(payload.get("step").textValue().toUpperCase(Locale.ROOT));
  }

  OwnTask lines(Slice slice, Duration delay) {
    ObjectNode payload =
        payload(slice.batch()).put("slice", slice.number()).put("pauses", slice.pauses());
    return new OwnTask(ids.next(), LINES, payload, IDLE, delay);
  }

  private static ObjectNode payload(UUID batch) {
    return JsonNodeFactory.instance.objectNode().put("batch", batch.toString());
  }
}
