package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Action.Cancel;
import com.sutazai.cluster.Operation.Action.Read;
import com.sutazai.cluster.Operation.Action.Report;
import com.sutazai.cluster.Operation.Action.Retry;
import com.sutazai.cluster.Operation.Action.Submit;
import com.sutazai.cluster.Operation.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a history holds about one task, which its token tells from all others. */
record Life(String token, List<Operation> operations) {

  /** The lives in a history; an operation whose task was never seen belongs to none. */
  static List<Life> of(List<Operation> history) {
    Map<String, String> tokens = new HashMap<>();
    history.stream()
        .map(Operation::seen)
        .filter(Objects::nonNull)
        .forEach(seen -> tokens.putIfAbsent(seen.id(), seen.token()));
    Map<String, List<Operation>> lives = new LinkedHashMap<>();
    for (Operation operation : history) {
      Seen seen = operation.seen();
      String token =
          operation.action() instanceof Submit submit
              ? submit.token()
              : seen != null ? seen.token() : tokens.get(operation.id());
      if (token != null) {
        lives.computeIfAbsent(token, each -> new ArrayList<>()).add(operation);
      }
    }
    return lives.entrySet().stream().map(each -> new Life(each.getKey(), each.getValue())).toList();
  }

  private <A> Stream<Operation> all(Class<A> action) {
    return operations.stream().filter(operation -> action.isInstance(operation.action()));
  }

  Stream<Operation> submits() {
    return all(Submit.class);
  }

  Stream<Operation> reads() {
    return all(Read.class);
  }

  Stream<Operation> cancels() {
    return all(Cancel.class);
  }

  Stream<Operation> reports() {
    return all(Report.class);
  }

  /** Every answer in which the task was seen. */
  Stream<Operation> sights() {
    return operations.stream().filter(operation -> operation.seen() != null);
  }

  Optional<Operation> lastRead(int node) {
    return reads()
        .filter(read -> read.node() == node && (read.isDone() || read.isMissing()))
        .reduce((earlier, later) -> later);
  }

  Set<String> ids() {
    return sights().map(sight -> sight.seen().id()).collect(Collectors.toSet());
  }

  boolean isAccepted() {
    return submits().anyMatch(Operation::isDone);
  }

  /** Whether a retry may have taken effect after the first began and before the second ended. */
  boolean mayBeRetriedBetween(Operation first, Operation second) {
    return all(Retry.class)
        .filter(retry -> !retry.isRefused())
        .anyMatch(
            retry ->
                retry.invoked() < second.returned() && (!retry.isDone() || !retry.isBefore(first)));
  }
}
