package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Tier.TierException;
import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.testing.DebianRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On two servers and a sentinel. */
@Timeout(300)
class RedisSentinelIT {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path folder;

  @Test
  void when_the_master_dies_the_other_server_goes_on() throws Exception {
    try (var opened = new Opened();
        var first = DebianRedis.start(folder);
        var second = DebianRedis.start(folder, "--replicaof", "127.0.0.1 " + first.port());
        var sentinel = DebianRedis.sentinel(folder, "main", first);
        var silent = new FakeRedis(new byte[0], false)) {
      // Given
      await()
          .atMost(Opened.PATIENCE)
          .until(
              () ->
                  first.command("INFO", "replication").contains("state=online")
                      && sentinel.command("SENTINEL", "MASTERS").contains("num-slaves\n1"));
      String sentinels = "127.0.0.1:" + silent.port() + ",127.0.0.1:" + sentinel.port();
      RedisTier tier =
          opened.tier(
              "redis-sentinel://" + sentinels + "/main/1",
              "test",
              new Settings(20, Duration.ofSeconds(6)));
      Opened.awaitServing(tier);
      List<String> heard = new CopyOnWriteArrayList<>();
      tier.subscribe(heard::add);
      tier.put("answers:a", new byte[] {1}, Set.of("red"), HOUR);
      tier.put("answers:b", new byte[] {2}, Set.of("blue"), HOUR);
      for (int i = 0; i < 200; i++) {
        assertThat(tier.get("answers:a")).containsExactly(1);
      }
      assertThat(first.command("CLIENT", "LIST", "TYPE", "normal").lines()).hasSizeLessThan(10);
      assertThat(first.command("WAIT", "1", "10000")).isEqualTo("1");

      // When
      first.kill();

      // Then
      await().atMost(Opened.PATIENCE).until(() -> removes(tier, "red"));
      Opened.awaitServing(tier);
      assertThat(tier.get("answers:a")).isNull();
      assertThat(tier.get("answers:b")).containsExactly(2);
      assertThat(second.command("ROLE")).startsWith("master");
      await()
          .atMost(Opened.PATIENCE)
          .until(
              () -> {
                tier.publish("hello");
                return heard.contains("hello");
              });

      // When the old master comes back, as a replica
      first.start();

      // Then
      await().atMost(Opened.PATIENCE).until(() -> first.command("ROLE").startsWith("slave"));
      tier.put("answers:c", new byte[] {3}, Set.of("red"), HOUR);
      assertThat(tier.get("answers:c")).containsExactly(3);
    }
  }

  private static boolean removes(RedisTier tier, String tag) {
    try {
      tier.remove(tag);
      return true;
    } catch (TierException e) {
      return false;
    }
  }
}
