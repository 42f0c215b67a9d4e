package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.queue.Seats;
import com.sutazai.queue.Seats.Counts;
import com.sutazai.resources.machine.Machine;
import com.sutazai.resources.machine.ProcessorUse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Jobs that run at once, and those that are claimed beyond them. Twice as many run when jobs waited
 * for a worker while processors were idle; twice as many are claimed ahead when claims came back
 * full while workers were idle.
 */
@Singleton
class QueueKnobs implements Knobs {
  static final int MOST_WORKERS = 1_000;
  static final int MOST_PREFETCH = 10_000;

  /** With more of the processors in use than this, more at once would only share them. */
  private static final double BUSY = 0.75;

  private static final double THOUSANDTHS = 1_000;

  private final Seats seats;
  private final Machine machine = new Machine();

  QueueKnobs(Seats seats) {
    this.seats = seats;
  }

  @Override
  public List<Knob> all() {
    return seats.any() ? List.of(new Workers(), new Prefetch()) : List.of();
  }

  private final class Workers implements Knob {
    @Override
    public String setting() {
      return "sutazai.queue.workers";
    }

    @Override
    public long value() {
      return seats.workers();
    }

    @Override
    public void set(long value) {
      seats.resize((int) value, seats.prefetch());
    }

    @Override
    public Watch watch() {
      Counts start = seats.counts();
      ProcessorUse use = new ProcessorUse();
      return () -> seen(start, seats.counts(), use.processors());
    }

    private Seen seen(Counts start, Counts end, OptionalDouble used) {
      double processors = machine.processors() / THOUSANDTHS;
      long waited = end.waited() - start.waited();
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.put("jobs", end.begun() - start.begun());
      told.put("jobs_that_waited", waited);
      told.put("processors_used", used.isPresent() ? (Double) used.getAsDouble() : null);
      told.put("processors", processors);
      long now = value();
      if (waited == 0) {
        return new Seen(told, now, "No job waited for a worker.");
      }
      if (used.isEmpty()) {
        return new Seen(told, now, "Jobs waited, but the use of processors cannot be measured.");
      }
      if (used.getAsDouble() > BUSY * processors) {
        return new Seen(told, now, "The processors are busy: more at once would only share them.");
      }
      return now * 2 <= MOST_WORKERS
          ? new Seen(told, now * 2, "Jobs waited for a worker while processors were idle.")
          : new Seen(told, now, "More than " + MOST_WORKERS + " are not set without being asked.");
    }
  }

  private final class Prefetch implements Knob {
    @Override
    public String setting() {
      return "sutazai.queue.prefetch";
    }

    @Override
    public long value() {
      return seats.prefetch();
    }

    @Override
    public void set(long value) {
      seats.resize(seats.workers(), (int) value);
    }

    @Override
    public Watch watch() {
      Counts start = seats.counts();
      return () -> seen(start, seats.counts());
    }

    private Seen seen(Counts start, Counts end) {
      long claims = end.claims() - start.claims();
      long claimed = end.claimed() - start.claimed();
      long cut = end.cut() - start.cut();
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.put("claims", claims);
      told.put("jobs_per_claim", claims == 0 ? null : (Double) ((double) claimed / claims));
      told.put("claims_without_seats", cut);
      long now = value();
      if (cut == 0) {
        return new Seen(told, now, "No claim came back with all seats taken.");
      }
      if (end.waited() > start.waited()) {
        return new Seen(told, now, "Jobs waited for workers, not for claims.");
      }
      long more = Math.max(1, 2 * now);
      return more <= MOST_PREFETCH
          ? new Seen(told, more, "Claims took all seats while workers were idle.")
          : new Seen(told, now, "More than " + MOST_PREFETCH + " are not set without being asked.");
    }
  }
}
