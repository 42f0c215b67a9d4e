package com.sutazai.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.CacheControl.Wish;
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
 * @param reuse whether its answer may serve identical requests of the same owner, and theirs it
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
    Reuse reuse,
    Billing billing,
    @Nullable Duration patience) {

  public ModelRequest {
    caller.allowed().requireModel(model);
  }

  /** The same, of a caller that waits only so long for a place, if it says how long. */
  public ModelRequest within(Optional<Duration> limit) {
    return new ModelRequest(
        caller, operation, body, model, urgency, reuse, billing, limit.orElse(null));
  }

  /** The same, of a caller that wishes this about answers that are kept. */
  public ModelRequest wishing(Wish wish) {
    return switch (wish) {
      case ANY -> this;
      case FRESH -> reuse == Reuse.NONE ? this : reusing(Reuse.FRESH);
      case NOT_KEPT -> reusing(Reuse.NONE);
    };
  }

  private ModelRequest reusing(Reuse other) {
    return new ModelRequest(caller, operation, body, model, urgency, other, billing, patience);
  }

  /** Whether identical requests of the same owner may be answered by one call. */
  public boolean shared() {
    return reuse == Reuse.FULL;
  }

  /** Whether an answer may serve more than one request. */
  public enum Reuse {
    /** It is made for this request alone. */
    NONE,
    /** It is made for this request, and may serve later ones. */
    FRESH,
    /** One that is kept or under way may serve this request, and this one's later ones. */
    FULL;

    /**
     * What may be done with an answer.
     *
     * @param byItself whether it may serve others when nobody says anything
     * @param wish what the caller says; null when it says nothing
     */
    public static Reuse of(boolean byItself, @Nullable Boolean wish) {
      if (wish == null) {
        return byItself ? FULL : NONE;
      }
      return wish ? FULL : byItself ? FRESH : NONE;
    }
  }

  /** The same for an answer that serves nobody else. */
  ModelRequest alone() {
    return new ModelRequest(caller, operation, body, model, urgency, Reuse.NONE, billing, patience);
  }

  /** The same with another body. */
  ModelRequest asking(ObjectNode other) {
    return new ModelRequest(caller, operation, other, model, urgency, reuse, billing, patience);
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
