package com.sutazai.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<List<Integer>> commits = Collections.synchronizedList(new ArrayList<>());

  private GroupCommit<Integer, String> commit(java.util.function.Consumer<List<Integer>> before) {
    return new GroupCommit<>(
        1,
        10,
        100,
        item -> item,
        items -> {
          before.accept(items);
          commits.add(items);
          return items.stream().map(item -> "stored " + item).toList();
        });
  }

  @Test
  void a_lone_caller_has_a_commit_of_its_own() {
    assertThat(commit(items -> {}).store(7)).isEqualTo("stored 7");
    assertThat(commits).containsExactly(List.of(7));
  }

  @Test
  void callers_that_arrive_during_a_commit_share_the_next_ones() throws Exception {
    // Given
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    var shared =
        commit(
            items -> {
              asked.addAndGet(items.size());
              awaitUnchecked(gate);
            });
    Caller first = new Caller(shared, 0);
    await().atMost(PATIENCE).until(() -> asked.get() == 1);
    List<Caller> others = callers(shared, IntStream.generate(() -> 1).limit(25));

    // When
    gate.countDown();

    // Then
    assertThat(first.outcome().get()).isEqualTo("stored 0");
    for (Caller other : others) {
      assertThat(other.outcome().get()).isEqualTo("stored 1");
    }
    assertThat(commits).hasSizeLessThanOrEqualTo(5).allMatch(items -> items.size() <= 10);
  }

  @Test
  void heavy_items_do_not_all_go_together() throws Exception {
    // Given
    CountDownLatch gate = new CountDownLatch(1);
    var shared = commit(items -> awaitUnchecked(gate));
    List<Caller> all = callers(shared, IntStream.generate(() -> 60).limit(9));

    // When
    gate.countDown();
    for (Caller one : all) {
      one.outcome().get();
    }

    // Then
    assertThat(commits).allMatch(items -> items.size() <= 2);
  }

  @Test
  void one_bad_item_fails_alone() throws Exception {
    // Given
    CountDownLatch gate = new CountDownLatch(1);
    var shared =
        commit(
            items -> {
              awaitUnchecked(gate);
              if (items.contains(13)) {
                throw ProblemException.invalid("item", "must not be 13");
              }
            });
    List<Caller> all = callers(shared, IntStream.range(9, 17));

    // When
    gate.countDown();

    // Then
    for (int i = 0; i < all.size(); i++) {
      Future<String> one = all.get(i).outcome();
      if (i + 9 == 13) {
        assertThatThrownBy(one::get).hasMessageContaining("must not be 13");
      } else {
        assertThat(one.get()).isEqualTo("stored " + (i + 9));
      }
    }
  }

  @Test
  void an_outage_fails_all_of_them_at_once() {
    // Given
    AtomicInteger tries = new AtomicInteger();
    var shared =
        commit(
            items -> {
              tries.incrementAndGet();
              throw new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, "away");
            });

    // When, then
    assertThatThrownBy(() -> shared.store(1)).hasMessage("away");
    assertThat(tries).hasValue(1);
  }

  @Test
  void a_deadlock_is_tried_again() {
    // Given
    AtomicInteger tries = new AtomicInteger();
    var shared =
        commit(
            items -> {
              if (tries.incrementAndGet() < 3) {
                throw new PgException("deadlock detected", "ERROR", "40P01", "");
              }
            });

    // When, then
    assertThat(shared.store(1)).isEqualTo("stored 1");
    assertThat(tries).hasValue(3);
  }

  /** Someone who stores an item on a thread of its own. */
  private record Caller(FutureTask<String> outcome, Thread thread) {
    Caller(GroupCommit<Integer, String> shared, int item) {
      var outcome = new FutureTask<>(() -> shared.store(item));
      this(outcome, Thread.ofVirtual().start(outcome));
    }
  }

  /** Returns when all of them wait for their commits. */
  private static List<Caller> callers(GroupCommit<Integer, String> shared, IntStream items) {
    List<Caller> callers = items.mapToObj(item -> new Caller(shared, item)).toList();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                callers.stream()
                    .allMatch(each -> each.thread().getState() == Thread.State.WAITING));
    return callers;
  }

  private static void awaitUnchecked(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
