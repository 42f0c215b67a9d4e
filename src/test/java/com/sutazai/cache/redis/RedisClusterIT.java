package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.SharedTierContract;
import com.sutazai.cache.Tier;
import com.sutazai.cache.Tier.TierException;
import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.testing.DebianRedis;
import com.sutazai.testing.DebianRedisCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a Cluster of three nodes. */
@Timeout(300)
class RedisClusterIT extends SharedTierContract {
  private static final Duration HOUR = Duration.ofHours(1);
  private static DebianRedisCluster cluster;

  private final Opened opened = new Opened();
  private final String namespace = Opened.namespace();
  private RedisTier tier;
  private RedisTier elsewhere;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    cluster = new DebianRedisCluster(folder);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void open() {
    tier = opened.tier(cluster.url(), namespace, Settings.patient());
    elsewhere = opened.tier(cluster.url());
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected Tier tier() {
    return tier;
  }

  @Override
  protected Tier elsewhere() {
    return elsewhere;
  }

  @Test
  void entries_are_on_all_nodes() throws Exception {
    IntStream.range(0, 100)
        .forEach(i -> tier.put("answers:" + i, new byte[1], Set.of("red"), HOUR));

    for (DebianRedis node : cluster.nodes()) {
      assertThat(node.command("KEYS", "sutazai:" + namespace + ":*:entry:*").lines())
          .hasSizeGreaterThan(10);
    }
  }

  @Test
  void messages_reach_all_processes() {
    List<String> heard = new CopyOnWriteArrayList<>();
    opened.tier(cluster.url(), namespace, Settings.patient()).subscribe(heard::add);

    await()
        .atMost(Opened.PATIENCE)
        .until(
            () -> {
              tier.publish("hello");
              return heard.contains("hello");
            });
  }

  @Test
  void a_frozen_node_makes_the_tier_go_and_its_return_brings_it_back() throws Exception {
    // Given
    RedisTier hasty = opened.tier(cluster.url(), namespace, Settings.hasty());
    Opened.keep(hasty, "answers:a", new byte[1], "red");
    DebianRedis node = cluster.nodes().getFirst();

    // When
    node.freeze();

    // Then
    await().atMost(Opened.PATIENCE).until(() -> hasty.state().state().equals("skipped"));
    assertThatThrownBy(() -> hasty.get("answers:a")).isInstanceOf(TierException.class);

    // When
    node.thaw();

    // Then
    Opened.awaitServing(hasty);
    assertThat(Opened.find(hasty, "answers:a")).isPresent();
  }
}
