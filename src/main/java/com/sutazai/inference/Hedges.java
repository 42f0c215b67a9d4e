package com.sutazai.inference;

import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.batch.Batcher;
import com.sutazai.inference.batch.Slot;
import com.sutazai.inference.batch.Work;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are sent to a second server: interactive ones whose first server is slow
 * to begin, while another one of the same tier is well and has more than one slot free, and no more
 * than a share of all.
 */
@Singleton
class Hedges {
  private final Optional<Duration> after;
  private final double share;
  private final Batcher batcher;
  private final HedgeBudget budget;
  private final Counter won;
  private final Counter lost;

  Hedges(HedgeConfig config, Batcher batcher, MeterRegistry registry) {
    after = config.hedgeAfter();
    share = config.hedgeShare();
    this.batcher = batcher;
    budget = new HedgeBudget(share);
    won = counter(registry, "won");
    lost = counter(registry, "lost");
  }

  private static Counter counter(MeterRegistry registry, String outcome) {
    return Counter.builder(MetricNames.MODEL_HEDGES)
        .description("Requests sent to a second server, by whether that one answered first")
        .tag("outcome", outcome)
        .register(registry);
  }

  void requireSense(@Observes @Priority(0) StartupEvent event) {
    requireSense(after, share);
  }

  static void requireSense(Optional<Duration> after, double share) {
    if (after.isPresent() && !after.get().isPositive()) {
      throw new StartException(
          "sutazai.inference.hedge-after must be longer than 0; leave it out for no hedging.");
    }
    if (!(share > 0 && share <= 1)) {
      throw new StartException(
          "sutazai.inference.hedge-share must be above 0 and at most 1, is " + share + ".");
    }
  }

  /** How a request is tried at a server. */
  interface Openings {
    /** Refuses with 400 what the server cannot serve. */
    Contender.Opening at(Backend server);
  }

  /** Whether this request may be sent to a second one of these servers, now or in a while. */
  boolean mayHelp(Call call, List<Backend> servers) {
    return after.isPresent()
        && call.request().urgency() == Urgency.INTERACTIVE
        && !call.hedged()
        && call.left(servers).size() > 1;
  }

  /** Waits for the first token of the call, here or there. */
  LiveGeneration begin(Call call, Slot slot, Supplier<Work> work, Openings openings)
      throws ModelFailure, InterruptedException {
    Contender.Opening first = openings.at(slot.server());
    if (call.isFirst(slot)) {
      budget.came();
    }
    return new Hedge(call, after.orElseThrow(), new Elsewhere(call, slot, work, openings))
        .begin(Contender.start(slot, first));
  }

  private final class Elsewhere implements Hedge.Second {
    private final Call call;
    private final Slot first;
    private final Supplier<Work> work;
    private final Openings openings;

    Elsewhere(Call call, Slot first, Supplier<Work> work, Openings openings) {
      this.call = call;
      this.first = first;
      this.work = work;
      this.openings = openings;
    }

    @Override
    public @Nullable Contender start() {
      if (!budget.take()) {
        return null;
      }
      Slot slot = batcher.takeBeside(work.get(), first.server()).orElse(null);
      Contender started = slot == null ? null : tried(slot);
      if (started == null) {
        budget.giveBack();
      } else {
        call.hedge();
      }
      return started;
    }

    /** Null when the server cannot serve this request. */
    private @Nullable Contender tried(Slot slot) {
      try {
        return Contender.start(slot, openings.at(slot.server()));
      } catch (ProblemException e) {
        slot.abandoned();
        return null;
      }
    }

    @Override
    public void ended(Slot slot, boolean answered) {
      (answered ? won : lost).increment();
      if (answered) {
        batcher.moved(work.get(), slot.server());
      }
    }
  }
}
