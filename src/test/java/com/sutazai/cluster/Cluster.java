package com.sutazai.cluster;

import com.sutazai.testing.DebianPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Processes that share one database, each with a network, and if wanted a clock, of its own. */
final class Cluster implements AutoCloseable {
  /** Times that are short enough for leases to be lost during a test. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "SUTAZAI_QUEUE_LEASE", "3s",
          "SUTAZAI_QUEUE_HEARTBEAT", "1s",
          "SUTAZAI_AGENTS_WORKER_LEASE", "3s",
          "SUTAZAI_AGENTS_SILENT_AFTER", "15s",
          "SUTAZAI_TASKS_RETRY_PAUSE", "100ms",
          "SUTAZAI_DATABASE_POOL_MAX", "10");

  private final DebianPostgres server;
  private final List<Node> nodes = new ArrayList<>();
  private final List<FakeClock> clocks = new ArrayList<>();

  private Cluster(DebianPostgres server) {
    this.server = server;
  }

  /**
   * What a cluster is made of.
   *
   * @param environment further settings of each process
   * @param clocks whether their clocks can be set
   */
  record Plan(int nodes, Map<String, String> environment, boolean clocks) {}

  /** Starts all at once in a new schema of the database and waits until all answer. */
  static Cluster start(DebianPostgres server, Path folder, Plan plan) throws Exception {
    var cluster = new Cluster(server);
    try {
      Path home = Files.createTempDirectory(folder, "cluster");
      Map<String, String> environment = new HashMap<>(IMPATIENT);
      environment.put(
          "SUTAZAI_DATABASE_SCHEMA", home.getFileName().toString().replaceAll("\\W", ""));
      environment.putAll(plan.environment());
      for (int i = 0; i < plan.nodes(); i++) {
        if (plan.clocks()) {
          var clock = new FakeClock(home.resolve("clock" + i));
          cluster.clocks.add(clock);
          environment.putAll(clock.environment());
        }
        cluster.nodes.add(new Node(home.resolve("data" + i), server, environment));
      }
      for (Node node : cluster.nodes) {
        node.awaitUp();
      }
      return cluster;
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  int size() {
    return nodes.size();
  }

  Node node(int number) {
    return nodes.get(number);
  }

  Node any(RandomGenerator random) {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** The clock of one of the nodes; empty when they go by the machine's. */
  Optional<FakeClock> anyClock(RandomGenerator random) {
    return clocks.isEmpty()
        ? Optional.empty()
        : Optional.of(clocks.get(random.nextInt(clocks.size())));
  }

  DebianPostgres server() {
    return server;
  }

  @Override
  public void close() throws Exception {
    for (Node node : nodes) {
      node.kill();
      node.close();
    }
  }
}
