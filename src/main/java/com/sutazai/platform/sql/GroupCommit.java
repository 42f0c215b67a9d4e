package com.sutazai.platform.sql;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.pgclient.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Lets callers share commits: those that arrive while one is under way go into the next one
 * together, so a commit costs each of them the less the more there are; a lone caller does not wait
 * for company. One caller's bad value fails that caller alone. (Group commit, as in DeWitt et al.,
 * "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984.)
 *
 * @param <I> what a caller wants stored
 * @param <O> what it is told after the commit
 */
public final class GroupCommit<I, O> {
  private static final int TRIES = 3;

  /** SQLSTATEs of serialization failure and deadlock: the same again may succeed. */
  private static final Set<String> AGAIN = Set.of("40001", "40P01");

  private final int mostItems;
  private final long mostWeight;
  private final ToLongFunction<I> weight;
  private final Function<List<I>, List<O>> commit;
  private final Queue<Waiting<I, O>> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore lanes;

  /**
   * @param lanes commits that may be under way at once
   * @param mostItems callers that share a commit at most
   * @param mostWeight past this sum of weights no further caller joins a commit
   * @param commit stores all in one transaction and gives the outcomes in the same order
   */
  public GroupCommit(
      int lanes,
      int mostItems,
      long mostWeight,
      ToLongFunction<I> weight,
      Function<List<I>, List<O>> commit) {
    this.lanes = new Semaphore(lanes);
    this.mostItems = mostItems;
    this.mostWeight = mostWeight;
    this.weight = weight;
    this.commit = commit;
  }

  private record Waiting<I, O>(I item, CompletableFuture<O> outcome) {}

  /** Returns after the commit that holds the item; throws what kept it from being stored. */
  public O store(I item) {
    var outcome = new CompletableFuture<O>();
    waiting.add(new Waiting<>(item, outcome));
    lead();
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(ErrorCode.OUTCOME_UNKNOWN, "The call was interrupted").causedBy(e);
    } catch (ExecutionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  /** On a thread of its own: a caller that is interrupted must not take the others with it. */
  private void lead() {
    if (!waiting.isEmpty() && lanes.tryAcquire()) {
      Thread.ofVirtual()
          .name("group-commit")
          .start(
              () -> {
                try {
                  store(next());
                } finally {
                  lanes.release();
                  lead();
                }
              });
    }
  }

  private List<Waiting<I, O>> next() {
    List<Waiting<I, O>> group = new ArrayList<>();
    long sum = 0;
    while (group.size() < mostItems && sum <= mostWeight) {
      Waiting<I, O> head = waiting.poll();
      if (head == null) {
        break;
      }
      group.add(head);
      sum += weight.applyAsLong(head.item());
    }
    return group;
  }

  private void store(List<Waiting<I, O>> group) {
    if (group.isEmpty()) {
      return;
    }
    try {
      List<O> outcomes = tried(group.stream().map(Waiting::item).toList());
      for (int i = 0; i < outcomes.size(); i++) {
        group.get(i).outcome().complete(outcomes.get(i));
      }
    } catch (RuntimeException | Error failure) {
      if (group.size() == 1 || isOutage(failure)) {
        group.forEach(each -> each.outcome().completeExceptionally(unchecked(failure)));
      } else {
        group.forEach(each -> store(List.of(each)));
      }
    }
  }

  private List<O> tried(List<I> items) {
    for (int attempt = 1; ; attempt++) {
      try {
        return commit.apply(items);
      } catch (RuntimeException e) {
        if (attempt == TRIES || !isGivenUp(e)) {
          throw e;
        }
      }
    }
  }

  /** Whether the server gave it up for another transaction. */
  private static boolean isGivenUp(Throwable failure) {
    Throwable refused = failure instanceof ProblemException ? failure.getCause() : failure;
    return refused instanceof PgException e && AGAIN.contains(String.valueOf(e.getSqlState()));
  }

  private static boolean isOutage(Throwable failure) {
    return failure instanceof ProblemException problem
        && problem.code().isOutage()
        && !isGivenUp(failure);
  }

  private static RuntimeException unchecked(Throwable failure) {
    return failure instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException(failure);
  }
}
