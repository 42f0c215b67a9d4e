package com.sutazai.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Tier.TierException;
import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.testing.DebianRedis;
import com.sutazai.testing.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a server that is stopped, cut off, frozen, full, locked, or none. */
@Timeout(300)
class RedisFaultsIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final byte[] ENTRY = "entry".getBytes(US_ASCII);

  private final Opened opened = new Opened();
  private final String namespace = Opened.namespace();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    opened.close();
  }

  private RedisTier hasty(String url) {
    return opened.tier(url, namespace, Settings.hasty());
  }

  private static void assertFails(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(TierException.class);
  }

  private static void awaitSkipped(RedisTier tier) {
    await().atMost(Opened.PATIENCE).until(() -> tier.state().state().equals("skipped"));
  }

  private double breaker() {
    return opened
        .registry
        .get(MetricNames.CIRCUIT_BREAKER_STATE)
        .tag("name", "cache-redis")
        .gauge()
        .value();
  }

  @Test
  void a_stopped_server_is_left_alone_and_used_again_when_it_is_back() throws Exception {
    try (var server = DebianRedis.start(folder)) {
      // Given
      RedisTier tier = hasty(server.url());
      Opened.keep(tier, "answers:a", ENTRY, "red");
      Opened.keep(tier, "answers:b", ENTRY, "blue");

      // When
      server.stop();

      // Then
      assertFails(() -> tier.get("answers:a"));
      assertFails(() -> tier.remove("red"));
      awaitSkipped(tier);
      assertThat(breaker()).isGreaterThan(0);
      await()
          .atMost(Opened.PATIENCE)
          .until(() -> String.valueOf(tier.state().lastError()).contains("refused"));

      // When
      server.start();

      // Then
      Opened.awaitServing(tier);
      assertThat(Opened.find(tier, "answers:a")).as("its removal was made up for").isEmpty();
      assertThat(Opened.find(tier, "answers:b").orElseThrow()).isEqualTo(ENTRY);
      await().atMost(Opened.PATIENCE).until(() -> tier.state().state().equals("up"));
      await().atMost(Opened.PATIENCE).until(() -> breaker() == 0);
    }
  }

  @Test
  void past_a_thousand_failed_removals_everything_stored_before_is_forgotten() throws Exception {
    try (var server = DebianRedis.start(folder);
        var network = Proxy.to(server.port())) {
      // Given
      RedisTier tier = hasty("redis://127.0.0.1:" + network.port());
      RedisTier other = hasty(server.url());
      Opened.keep(tier, "answers:a", ENTRY, "red");
      network.cut();

      // When
      IntStream.rangeClosed(0, FailedRemovals.MAX)
          .forEach(i -> assertFails(() -> tier.remove("tag" + i)));
      network.heal();

      // Then
      Opened.awaitServing(tier);
      assertThat(Opened.find(tier, "answers:a")).isEmpty();
      await().atMost(Opened.PATIENCE).until(() -> Opened.find(other, "answers:a").isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({"'',false", "'',true", "hello,false", "'+OK\r\n',true", "'$100\r\nshort',true"})
  void what_is_no_redis_costs_a_few_tries(String answer, boolean hangsUp) throws Exception {
    try (var fake = new FakeRedis(answer.getBytes(US_ASCII), hangsUp)) {
      // Given
      RedisTier tier = hasty(fake.url());
      assertFails(() -> tier.get("answers:a"));
      awaitSkipped(tier);
      int before = fake.connections();

      // When
      for (int i = 0; i < 1_000; i++) {
        assertFails(() -> tier.get("answers:a"));
        assertFails(() -> tier.put("answers:a", ENTRY, Set.of("red"), HOUR));
      }

      // Then
      assertThat(fake.connections() - before)
          .as("by 2,000 callers and the tier's own look")
          .isLessThan(20);
      await().atMost(Opened.PATIENCE).until(() -> fake.open() <= 1);
    }
  }

  @Test
  void junk_instead_of_entries_is_no_entry() throws Exception {
    try (var fake = new FakeRedis("?junk\r\n".repeat(20).getBytes(US_ASCII), false)) {
      RedisTier tier = hasty(fake.url());

      assertFails(() -> tier.get("answers:a"));

      awaitSkipped(tier);
      assertThat(tier.state().lastError()).isNotBlank();
    }
  }

  @Test
  void a_frozen_server_costs_one_timeout_and_is_used_again() throws Exception {
    try (var server = DebianRedis.start(folder)) {
      // Given
      RedisTier tier = hasty(server.url());
      Opened.keep(tier, "answers:a", ENTRY, "red");
      server.freeze();

      // When
      assertThatThrownBy(() -> tier.get("answers:a"))
          .isInstanceOf(TierException.class)
          .hasMessageContaining("no answer within 300 ms");
      assertFails(() -> tier.remove("red"));
      awaitSkipped(tier);
      server.thaw();

      // Then
      Opened.awaitServing(tier);
      assertThat(Opened.find(tier, "answers:a")).isEmpty();
    }
  }

  @Test
  void a_network_that_hangs_and_comes_back_is_as_before() throws Exception {
    try (var server = DebianRedis.start(folder);
        var network = Proxy.to(server.port())) {
      // Given
      RedisTier tier = hasty("redis://127.0.0.1:" + network.port());
      List<String> heard = new CopyOnWriteArrayList<>();
      tier.subscribe(heard::add);
      Opened.keep(tier, "answers:a", ENTRY, "red");

      // When
      network.stall();
      assertFails(() -> tier.get("answers:a"));
      awaitSkipped(tier);
      network.cut();
      network.heal();

      // Then
      Opened.awaitServing(tier);
      assertThat(Opened.find(tier, "answers:a").orElseThrow()).isEqualTo(ENTRY);
      await()
          .atMost(Opened.PATIENCE)
          .until(
              () -> {
                tier.publish("hello");
                return heard.contains("hello");
              });
    }
  }

  @Test
  void a_full_server_takes_no_entries_and_gives_those_that_it_has() throws Exception {
    // So much that what it keeps for each connection, a request as large as an entry, counts little
    try (var server = DebianRedis.start(folder, "--maxmemory", "20mb")) {
      // Given
      RedisTier tier = opened.tier(server.url(), namespace, Settings.patient());
      tier.put("answers:a", ENTRY, Set.of("red"), HOUR);

      // When
      ThrowingCallable fill =
          () -> {
            for (int i = 0; i < 30; i++) {
              tier.put("answers:big" + i, new byte[1 << 20], Set.of("big"), HOUR);
            }
          };

      // Then
      assertThatThrownBy(fill).isInstanceOf(TierException.class).hasMessageContaining("OOM");
      for (int i = 0; i < 10; i++) {
        assertFails(() -> tier.put("answers:more", new byte[1 << 20], Set.of("big"), HOUR));
      }
      assertThat(tier.state().state()).isEqualTo("up");
      assertThat(tier.get("answers:a")).isEqualTo(ENTRY);
      assertThat(tier.get("answers:more")).isNull();
      assertThat(tier.remove("big")).isPositive();
      tier.put("answers:more", new byte[1 << 20], Set.of("big"), HOUR);
    }
  }

  @Test
  void a_wrong_password_is_named_and_not_shown() throws Exception {
    try (var server = DebianRedis.locked(folder, "right")) {
      String at = "@127.0.0.1:" + server.port();
      RedisTier wrong = opened.tier("redis://:mistaken" + at);
      RedisTier none = opened.tier(server.url());
      RedisTier right = opened.tier("redis://:right" + at + "/2");

      assertThatThrownBy(() -> wrong.get("answers:a"))
          .isInstanceOf(TierException.class)
          .hasMessageContaining("WRONGPASS")
          .hasMessageNotContaining("mistaken");
      assertThatThrownBy(() -> none.get("answers:a")).hasMessageContaining("NOAUTH");
      right.put("answers:a", ENTRY, Set.of(), HOUR);
      assertThat(right.get("answers:a")).isEqualTo(ENTRY);
      assertThat(server.command("-n", "2", "DBSIZE")).isEqualTo("2");
    }
  }
}
