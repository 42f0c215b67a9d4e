package com.sutazai.cluster;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.joining;

import com.sutazai.cluster.Operation.Action;
import com.sutazai.cluster.Operation.Outcome;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** All that the clients of a run did, in the order in which it began and ended. */
final class History {
  private final AtomicLong events = new AtomicLong();
  private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();

  /** Does it and keeps what came of it. */
  Outcome record(int node, Action action, Supplier<Outcome> request) {
    long invoked = now();
    Outcome outcome = request.get();
    add(new Operation(invoked, now(), node, action, outcome));
    return outcome;
  }

  /** The place of an event that happens now. */
  long now() {
    return events.incrementAndGet();
  }

  void add(Operation operation) {
    operations.add(operation);
  }

  List<Operation> operations() {
    return operations.stream().sorted(comparingLong(Operation::invoked)).toList();
  }

  @Override
  public String toString() {
    return operations().stream().map(Operation::toString).collect(joining("\n"));
  }
}
