package com.sutazai.cluster;

import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;

import com.sutazai.cluster.Model.Violation;
import com.sutazai.cluster.Operation.Action;
import com.sutazai.testing.DebianPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What holds of two processes on one database while they, it and the network between them fail:
 * every request of a random workload is recorded, and the history must obey the {@link Model}.
 *
 * <p>A seed draws the faults and what clients do; a failing run names its seed and how to replay
 * it. The same seed repeats the same wishes and faults, while threads and processes still
 * interleave as they like, so a rare failure may take a few replays. With {@code -Plong} there are
 * more and other seeds, and longer runs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClusterContract {
  private static final boolean LONG = Boolean.getBoolean("sutazai-test.long");
  private static final String SEED = "sutazai.cluster.seed";

  private Path folder;
  private DebianPostgres server;

  /** Settings of each process beside those that every cluster has. */
  Map<String, String> environment() {
    return Map.of();
  }

  static LongStream seeds() {
    Long given = Long.getLong(SEED);
    if (given != null) {
      return LongStream.of(given);
    }
    return LONG ? RandomGenerator.getDefault().longs(10) : LongStream.of(1);
  }

  @BeforeAll
  void startDatabase(@TempDir Path folder) throws Exception {
    this.folder = folder;
    server = DebianPostgres.start(folder);
  }

  @AfterAll
  void stopDatabase() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  static LongStream longSeeds() {
    return LONG ? seeds() : LongStream.empty();
  }

  /** A run in which these faults strike in turn. */
  void check(long seed, TestInfo test, boolean clocks, List<Fault> faults) throws Exception {
    // Given
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var history = new History();
    var plan = new Cluster.Plan(2, environment(), clocks);
    try (Cluster cluster = Cluster.start(server, folder, plan);
        Workload workload = Workload.start(cluster, history, (SplittableGenerator) random)) {

      // When
      for (int i = 0; i < (LONG ? 12 : 3); i++) {
        Fault.last(random, 1500);
        faults.get(i % faults.size()).strike(cluster, random);
      }
      Fault.last(random, 1500);
      awaitEachKind(history);
      workload.finish();
    }

    // Then
    List<Operation> operations = history.operations();
    List<Violation> violations = Model.check(operations);
    if (!violations.isEmpty()) {
      throw new AssertionError(
          violations.size()
              + " violations; all operations are in "
              + keep(history, test, seed)
              + "\nReplay: "
              + replay(test, seed)
              + violations.stream().limit(20).map(each -> "\n" + each).toList());
    }
  }

  /** Clients and workers go on until something of each kind was done, however slow that is. */
  private static void awaitEachKind(History history) {
    await("something of each kind was done")
        .atMost(Duration.ofMinutes(3))
        .until(
            () ->
                history.operations().stream()
                    .filter(Operation::isDone)
                    .map(operation -> operation.action().getClass())
                    .collect(toSet())
                    .containsAll(
                        Set.of(
                            Action.Submit.class,
                            Action.Cancel.class,
                            Action.Retry.class,
                            Action.Report.class)));
  }

  private Path keep(History history, TestInfo test, long seed) throws Exception {
    Path file = Path.of("target", "cluster", name(test) + "-" + seed + ".txt");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, history.toString());
  }

  private String replay(TestInfo test, long seed) {
    return "./mvnw verify -Dtest=ModelTest -Dit.test="
        + getClass().getSimpleName()
        + "#"
        + name(test)
        + " -D"
        + SEED
        + "="
        + seed
        + (LONG ? " -Plong" : "");
  }

  private static String name(TestInfo test) {
    return test.getTestMethod().orElseThrow().getName();
  }
}
