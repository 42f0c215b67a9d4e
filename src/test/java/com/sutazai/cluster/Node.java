package com.sutazai.cluster;

import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import com.sutazai.testing.Proxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** One process of a cluster, with the network between it and the database. */
final class Node implements AutoCloseable {
  private final Path data;
  private final Proxy network;
  private final Map<String, String> environment;
  private volatile Product product;

  Node(Path data, DebianPostgres server, Map<String, String> environment) throws IOException {
    this.data = data;
    network = Proxy.to(server.port());
    this.environment = new HashMap<>(environment);
    this.environment.put("DATABASE_URL", server.url(network.port()));
    product = Product.start(data, this.environment);
  }

  void awaitUp() throws Exception {
    product.awaitUp();
  }

  /** Where it answers the path, or where it did before it was killed. */
  URI uri(String path) {
    return product.uri(path);
  }

  Proxy network() {
    return network;
  }

  void kill() throws InterruptedException {
    product.kill();
  }

  /** Starts it if it was killed. */
  void revive() throws Exception {
    if (!product.isAlive()) {
      product = Product.up(data, environment);
    }
  }

  /** Sends the process a signal, such as STOP. */
  void signal(String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(product.pid()));
    if (kill.inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException("No signal " + name + " to process " + product.pid());
    }
  }

  @Override
  public void close() throws Exception {
    network.heal();
    try (network) {
      product.close();
    }
  }
}
