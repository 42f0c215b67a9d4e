package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.tuning.Knob.Seen;
import com.sutazai.agents.tuning.Knob.Watch;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Moves the program's own bounds by what is measured, and measures what that did. What is set holds
 * until the process ends.
 */
@Singleton
public class Tuning {
  private final List<Knobs> parts;
  private final Pause pause;
  private final ReentrantLock underWay = new ReentrantLock();

  @Inject
  Tuning(@All List<Knobs> parts) {
    this(parts, Thread::sleep);
  }

  /** For tests that make the traffic. */
  Tuning(List<Knobs> parts, Pause pause) {
    this.parts = parts;
    this.pause = pause;
  }

  /** What lasts as long as a window. */
  interface Pause {
    void last(Duration window) throws InterruptedException;
  }

  /** A knob as it was, and what was seen. */
  private record Measured(Knob knob, long before, Seen seen) {
    boolean isChange() {
      return seen.better() != before;
    }

    /** Whether it could be moved now. */
    boolean apply() {
      knob.set(seen.better());
      return knob.value() == seen.better();
    }
  }

  /**
   * Measures for a window, and if it is to apply what follows from that, for another one.
   *
   * @throws ProblemException {@code wrong_state} while another one is under way
   */
  public JsonNode tune(boolean apply, Duration window) throws InterruptedException {
    if (!underWay.tryLock()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE, "Another tuning is under way; its windows would be disturbed.");
    }
    try {
      return measured(apply, window);
    } finally {
      underWay.unlock();
    }
  }

  private JsonNode measured(boolean apply, Duration window) throws InterruptedException {
    List<Knob> knobs = parts.stream().flatMap(part -> part.all().stream()).toList();
    List<Measured> first = measure(knobs, window);
    List<Measured> changes =
        first.stream().filter(each -> apply && each.isChange() && each.apply()).toList();
    List<Measured> second =
        changes.isEmpty()
            ? List.of()
            : measure(changes.stream().map(Measured::knob).toList(), window);

    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("window_seconds", window.toSeconds());
    result.put("applied", !changes.isEmpty());
    ArrayNode told = result.putArray("knobs");
    first.forEach(each -> told.add(told(each, after(each.knob(), second))));
    return result;
  }

  private List<Measured> measure(List<Knob> knobs, Duration window) throws InterruptedException {
    List<Watch> watches = knobs.stream().map(Knob::watch).toList();
    pause.last(window);
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < knobs.size(); i++) {
      Knob knob = knobs.get(i);
      measured.add(new Measured(knob, knob.value(), watches.get(i).end()));
    }
    return measured;
  }

  private static @Nullable ObjectNode after(Knob knob, List<Measured> second) {
    return second.stream()
        .filter(each -> each.knob() == knob)
        .map(each -> each.seen().told())
        .findFirst()
        .orElse(null);
  }

  private static ObjectNode told(Measured measured, @Nullable ObjectNode after) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("knob", measured.knob().setting());
    node.put("value_before", measured.before());
    node.put("recommended", measured.seen().better());
    node.put("value_now", measured.knob().value());
    node.put("reason", measured.seen().reason());
    node.set("before", measured.seen().told());
    node.set("after", after);
    return node;
  }
}
