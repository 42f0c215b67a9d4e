package com.sutazai.inference.profile;

import com.sutazai.inference.backend.ModelFailure;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A model whose answers take a second of its own clock, and do what a script says. */
final class FakeModel implements ProfiledModel, LongSupplier {
  static final int TOKENS = 10;

  private final String name;
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final Queue<String> prompts = new ConcurrentLinkedQueue<>();
  private volatile Script script = number -> {};

  FakeModel(String name) {
    this.name = name;
  }

  /** So much of its time passes. */
  void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** What happens before the answer of this number, from 1 on. */
  interface Script {
    void play(int number) throws ModelFailure, InterruptedException;
  }

  void script(Script next) {
    script = next;
  }

  Queue<String> prompts() {
    return prompts;
  }

  @Override
  public String identity() {
    return "fake";
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Probe ask(String prompt, int tokens) throws ModelFailure, InterruptedException {
    int number = asked.incrementAndGet();
    prompts.add(prompt);
    script.play(number);
    nanos.addAndGet(1_000_000_000);
    return new Probe(number == 1 ? 3000.0 : null, 200.0 + number, 1000.0, (long) TOKENS);
  }
}
