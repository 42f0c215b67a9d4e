package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.testing.DebianRedis;
import com.sutazai.testing.DebianRedisCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connections that a tier keeps open. */
@Timeout(300)
class RedisConnectionsTest {
  private final Opened opened = new Opened();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    opened.close();
  }

  /** Those of the program; the client that asks has one too. */
  static long connections(DebianRedis server) throws IOException {
    return server.command("CLIENT", "LIST").lines().filter(line -> line.startsWith("id=")).count()
        - 1;
  }

  private static void awaitConnections(DebianRedis server, long expected) {
    await().atMost(Opened.PATIENCE).until(() -> connections(server) == expected);
  }

  @Test
  void five_are_there_before_anyone_asks_and_again_after_the_server_was_away() throws Exception {
    // Given
    try (DebianRedis server = DebianRedis.start(folder)) {
      // When
      RedisTier tier = opened.tier(server.url());

      // Then
      awaitConnections(server, 5);
      server.kill();
      await().atMost(Opened.PATIENCE).until(() -> !tier.state().state().equals("up"));
      server.start();
      awaitConnections(server, 5);
    }
  }

  @Test
  void no_more_than_may_be_are_opened() throws Exception {
    try (DebianRedis server = DebianRedis.start(folder)) {
      RedisTier tier =
          opened.tier(server.url(), Opened.namespace(), new Settings(2, Duration.ofSeconds(10)));

      awaitConnections(server, 2);
      Opened.awaitServing(tier);
      assertThat(connections(server)).isEqualTo(2);
    }
  }

  @Test
  void every_node_of_a_cluster_has_five() throws Exception {
    try (var cluster = new DebianRedisCluster(folder)) {
      opened.tier(cluster.url());

      for (DebianRedis node : cluster.nodes()) {
        await().atMost(Opened.PATIENCE).until(() -> connections(node) >= 5);
      }
    }
  }
}
