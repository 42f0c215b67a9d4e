package com.sutazai.cluster;

import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/** Clients and workers that keep a cluster busy while it is harmed, and wait for its recovery. */
final class Workload implements AutoCloseable {
  private static final int CLIENTS = 6;
  private static final int WORKERS = 3;

  private final Cluster cluster;
  private final History history;
  private final Requests requests;
  private final List<Thread> clients = new ArrayList<>();
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean mended;
  private volatile boolean over;

  private Workload(Cluster cluster, History history) {
    this.cluster = cluster;
    this.history = history;
    requests = new Requests(cluster, history);
  }

  static Workload start(Cluster cluster, History history, SplittableGenerator random) {
    var workload = new Workload(cluster, history);
    List<String> known = new CopyOnWriteArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      var worker =
          new Worker(
              "worker-" + i,
              cluster.size(),
              workload.requests,
              random.split(),
              () -> !workload.mended,
              () -> !workload.over);
      workload.workers.add(Thread.ofVirtual().name("worker-" + i).start(worker));
    }
    for (int i = 0; i < CLIENTS; i++) {
      var client =
          new Client(
              "client-" + i,
              cluster.size(),
              workload.requests,
              known,
              random.split(),
              () -> !workload.mended);
      workload.clients.add(Thread.ofVirtual().name("client-" + i).start(client));
    }
    return workload;
  }

  /**
   * To be called when all faults are mended: ends the clients, waits until all work is done or time
   * is up, and reads every task at every node.
   */
  void finish() throws InterruptedException {
    mended = true;
    join(clients);
    List<Operation> last = awaitEnd();
    over = true;
    join(workers);
    last.forEach(history::add);
    readAtEach().ifPresent(reads -> reads.forEach(history::add));
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** The reads of the last look at all tasks. */
  private List<Operation> awaitEnd() {
    List<Operation> last = new ArrayList<>();
    try {
      await()
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                Set<String> before = ended(last);
                List<Operation> now = readAtEach().orElse(List.of());
                last.clear();
                last.addAll(now);
                return !now.isEmpty()
                    && now.stream().allMatch(read -> read.seen().isFinal())
                    && ended(now).equals(before);
              });
    } catch (ConditionTimeoutException e) {
      // the model tells what has not ended
    }
    return last;
  }

  private static Set<String> ended(List<Operation> reads) {
    return reads.stream()
        .filter(read -> read.seen().isFinal())
        .map(read -> read.node() + " " + read.id())
        .collect(toSet());
  }

  /** Reads of every task at every node; empty when one of them cannot tell. */
  private Optional<List<Operation>> readAtEach() {
    List<Optional<List<Operation>>> answers =
        IntStream.range(0, cluster.size()).mapToObj(requests::readAll).toList();
    return answers.stream().allMatch(Optional::isPresent)
        ? Optional.of(answers.stream().flatMap(answer -> answer.get().stream()).toList())
        : Optional.empty();
  }

  /** Ends it at once, if {@link #finish} has not. */
  @Override
  public void close() {
    mended = true;
    over = true;
  }
}
