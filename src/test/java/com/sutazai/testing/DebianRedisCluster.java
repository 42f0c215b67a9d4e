package com.sutazai.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Three servers of {@link DebianRedis} with a third of the keys each. */
public final class DebianRedisCluster implements AutoCloseable {
  private final List<DebianRedis> nodes = new ArrayList<>();

  public DebianRedisCluster(Path parent) throws Exception {
    for (int i = 0; i < 3; i++) {
      nodes.add(DebianRedis.node(parent));
    }
    List<String> create = new ArrayList<>(List.of("--cluster", "create"));
    nodes.forEach(node -> create.add("127.0.0.1:" + node.port()));
    create.add("--cluster-yes");
    String said = nodes.getFirst().command(create.toArray(String[]::new));
    Awaitility.await(said).atMost(Duration.ofMinutes(1)).until(this::isWhole);
  }

  private boolean isWhole() throws IOException {
    for (DebianRedis node : nodes) {
      if (!node.command("CLUSTER", "INFO").contains("cluster_state:ok")) {
        return false;
      }
    }
    return true;
  }

  public List<DebianRedis> nodes() {
    return nodes;
  }

  /** Where two of them are. */
  public String url() {
    return "redis-cluster://127.0.0.1:" + nodes.get(1).port() + ",127.0.0.1:" + nodes.get(2).port();
  }

  @Override
  public void close() throws InterruptedException {
    for (DebianRedis node : nodes) {
      node.close();
    }
  }
}
