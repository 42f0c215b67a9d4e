package com.sutazai.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks a model, in the words of the door it came through.
 *
 * @param caller who asks: whose share it is served from, and who pays
 * @param body as the operation's dialect has it; model and stream in it do not count
 * @param model as the caller named it; null for the configured one
 * @param urgency whether somebody waits for it
 * @param shared whether identical requests of the same owner may be answered by one call
 * @param billing who writes down what it cost
 * @param patience longest wait for a place at a server; null for the configured one, which also
 *     bounds this one
 */
public record ModelRequest(
    Caller caller,
    Operation operation,
    ObjectNode body,
    @Nullable String model,
    Urgency urgency,
    boolean shared,
    Billing billing,
    @Nullable Duration patience) {

  /** The same, of a caller that waits only so long for a place, if it says how long. */
  public ModelRequest within(Optional<Duration> limit) {
    return new ModelRequest(
        caller, operation, body, model, urgency, shared, billing, limit.orElse(null));
  }

  /** The same with another body. */
  ModelRequest asking(ObjectNode other) {
    return new ModelRequest(caller, operation, other, model, urgency, shared, billing, patience);
  }

  /** All of it but who asks and the body, and whether its answer is shared. */
  String kind() {
    return operation + " " + model + " " + urgency + " " + billing + " " + patience + " ";
  }

  /** Who writes down what a good answer cost; a bad one is always written down here. */
  public enum Billing {
    /** It is written down when it ends. */
    AT_ITS_END,
    /** Whoever asked writes it down, together with what it asked for. */
    WITH_THE_RESULT
  }

  /** Who is served first. */
  public enum Urgency {
    /** Somebody waits for the answer. */
    INTERACTIVE,
    /** A task or a batch: one slot is left free beside such work. */
    BULK
  }
}
