package com.sutazai.gateway.batch;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.caller.Caller;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers lines as a test says, by default with their own {@code input}; counts what it is asked.
 */
@Alternative
@Singleton
class FakeCalls implements BatchCalls {
  /** How a line is answered. */
  interface Script {
    Reply answer(String input) throws InterruptedException;
  }

  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private volatile Script script = FakeCalls::echo;

  void reset() {
    script = FakeCalls::echo;
    asked.clear();
    mostAtOnce.set(0);
  }

  void script(Script script) {
    this.script = script;
  }

  /** How often the input was asked. */
  int asked(String input) {
    AtomicInteger times = asked.get(input);
    return times == null ? 0 : times.get();
  }

  int mostAtOnce() {
    return mostAtOnce.get();
  }

  static Reply echo(String input) {
    return reply(200, input);
  }

  static Reply reply(int status, String text) {
    return new Reply(status, JsonNodeFactory.instance.objectNode().put("text", text));
  }

  @Override
  public Reply call(Caller caller, String endpoint, ObjectNode body) throws InterruptedException {
    String input = body.get("input").textValue();
    asked.computeIfAbsent(input, text -> new AtomicInteger()).incrementAndGet();
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try {
      return script.answer(input);
    } finally {
      atOnce.decrementAndGet();
    }
  }
}
