package com.sutazai.inference.profile;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.profile.ModelProfile.Level;
import com.sutazai.inference.profile.ModelProfile.Missing;
import com.sutazai.inference.profile.ProfiledModel.Probe;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Measures a model: one answer alone, which loads it, then as many callers at once as each level
 * says, each asking {@link #ROUNDS} times in a row. A level that fails, or does not fit into the
 * limit, has no figures.
 */
final class Profiler {
  static final List<Integer> LEVELS = List.of(1, 4, 8, 16);
  static final int ROUNDS = 2;
  static final int TOKENS = 32;
  static final String PROMPT = "%d. Tell a short story about a machine that learns to count.";

  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Duration limit;
  private final AtomicInteger asked = new AtomicInteger();

  Profiler(InstantSource clock, LongSupplier nanoTime, Duration limit) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.limit = limit;
  }

  /** What became of a level. */
  private sealed interface Outcome {
    record Measured(List<Probe> probes, long nanos) implements Outcome {}

    record Missed(ProblemException why) implements Outcome {}
  }

  ModelProfile measure(ProfiledModel model) throws InterruptedException {
    Instant began = clock.instant();
    long start = nanoTime.getAsLong();
    long deadline = start + limit.toNanos();
    Probe first =
        switch (run(model, 1, 1, deadline)) {
          case Outcome.Measured measured -> measured.probes().getFirst();
          case Outcome.Missed missed -> throw missed.why();
        };
    List<Level> levels = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    for (int inFlight : LEVELS) {
      switch (run(model, inFlight, ROUNDS, deadline)) {
        case Outcome.Measured measured ->
            levels.add(Level.of(inFlight, measured.probes(), measured.nanos()));
        case Outcome.Missed missed -> missing.add(Missing.of(inFlight, missed.why()));
      }
    }
    return new ModelProfile(
        model.name(),
        began,
        0,
        ModelProfile.rounded((nanoTime.getAsLong() - start) / 1e6),
        Runtime.getRuntime().availableProcessors(),
        PROMPT,
        TOKENS,
        first,
        List.copyOf(levels),
        List.copyOf(missing));
  }

  private Outcome run(ProfiledModel model, int inFlight, int rounds, long deadline)
      throws InterruptedException {
    long start = nanoTime.getAsLong();
    List<Probe> probes = new ArrayList<>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        var ended = new ExecutorCompletionService<List<Probe>>(callers);
        for (int i = 0; i < inFlight; i++) {
          ended.submit(() -> ask(model, rounds, deadline));
        }
        for (int i = 0; i < inFlight; i++) {
          Future<List<Probe>> next = ended.poll(left(deadline), TimeUnit.NANOSECONDS);
          if (next == null || next.get().size() < rounds) {
            return late();
          }
          probes.addAll(next.get());
        }
      } catch (ExecutionException e) {
        return new Outcome.Missed(problem(e));
      } finally {
        callers.shutdownNow();
      }
    }
    return new Outcome.Measured(probes, nanoTime.getAsLong() - start);
  }

  /** Fewer answers than rounds when the time is up. */
  private List<Probe> ask(ProfiledModel model, int rounds, long deadline)
      throws ModelFailure, InterruptedException {
    List<Probe> probes = new ArrayList<>();
    while (probes.size() < rounds && left(deadline) > 0) {
      probes.add(model.ask(PROMPT.formatted(asked.incrementAndGet()), TOKENS));
    }
    return probes;
  }

  private long left(long deadline) {
    return deadline - nanoTime.getAsLong();
  }

  private Outcome late() {
    return new Outcome.Missed(
        new ProblemException(
            ErrorCode.MODEL_TIMEOUT,
            "It did not fit into sutazai.inference.profile.limit (" + limit.toMillis() + " ms)."));
  }

  private static ProblemException problem(ExecutionException e) {
    return switch (e.getCause()) {
      case ModelFailure failure -> failure.problem();
      case ProblemException problem -> problem;
      case null, default -> throw new IllegalStateException(e);
    };
  }
}
