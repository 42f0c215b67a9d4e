package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Outcome;
import com.sutazai.cluster.Operation.Outcome.Done;
import com.sutazai.cluster.Operation.Outcome.Refused;
import com.sutazai.cluster.Requests.Lent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * A worker outside of the program that takes tasks at any node and is not to be relied on: it falls
 * silent, reports late, twice, or a failure. Towards the end it does its work.
 */
final class Worker implements Runnable {
  static final String TYPE = "count";

  private static final int MOST_SENDS = 8;

  private final String name;
  private final int nodes;
  private final Requests requests;
  private final RandomGenerator random;
  private final BooleanSupplier unreliable;
  private final BooleanSupplier goesOn;
  private final Deque<Lent> neglected = new ArrayDeque<>();

  Worker(
      String name,
      int nodes,
      Requests requests,
      RandomGenerator random,
      BooleanSupplier unreliable,
      BooleanSupplier goesOn) {
    this.name = name;
    this.nodes = nodes;
    this.requests = requests;
    this.random = random;
    this.unreliable = unreliable;
    this.goesOn = goesOn;
  }

  @Override
  public void run() {
    while (goesOn.getAsBoolean() && !requests.register(node(), name, TYPE)) {
      pause();
    }
    while (goesOn.getAsBoolean()) {
      requests.take(node(), name, TYPE).ifPresentOrElse(this::work, this::pause);
    }
    neglected.forEach(lent -> report(lent, true));
  }

  private void work(Lent lent) {
    int dice = unreliable.getAsBoolean() ? random.nextInt(100) : 0;
    if (dice < 60) {
      report(lent, true);
    } else if (dice < 70) {
      report(lent, false);
    } else if (dice < 85) {
      requests.heartbeat(node(), name, List.of(lent.lease()));
      report(lent, true);
    } else {
      neglected.add(lent);
    }
    if (neglected.size() > 3) {
      report(neglected.poll(), true);
    }
  }

  /** Until it is answered; then perhaps once more. */
  private void report(Lent lent, boolean done) {
    Outcome outcome = requests.report(node(), name, lent, done);
    for (int sends = 1; !isAnswer(outcome) && sends < MOST_SENDS; sends++) {
      pause();
      outcome = requests.report(node(), name, lent, done);
    }
    if (random.nextInt(5) == 0) {
      requests.report(node(), name, lent, done);
    }
  }

  private static boolean isAnswer(Outcome outcome) {
    return outcome instanceof Done
        || (outcome instanceof Refused refused && refused.code().equals("lease_lost"));
  }

  private int node() {
    return random.nextInt(nodes);
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(20, 200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
