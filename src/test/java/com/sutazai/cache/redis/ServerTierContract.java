package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.SharedTierContract;
import com.sutazai.cache.Tier;
import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On one server that works, whose it may be. */
abstract class ServerTierContract extends SharedTierContract {
  private static final Duration HOUR = Duration.ofHours(1);
  private final Opened opened = new Opened();
  private final String namespace = Opened.namespace();
  private RedisTier tier;
  private RedisTier elsewhere;

  /** The one that all tests of a class use. */
  abstract DebianRedis server();

  @BeforeEach
  void open() {
    tier = opened.tier(server().url(), namespace, Opened.Settings.patient());
    elsewhere = opened.tier(server().url());
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

  private String key(String kind, String name) throws IOException {
    String generation = server().command("GET", "sutazai:" + namespace + ":generation");
    return "sutazai:" + namespace + ":" + generation + ":" + kind + ":" + name;
  }

  private long lifetime(String key) throws IOException {
    return Long.parseLong(server().command("PTTL", key));
  }

  @Test
  void entries_and_tags_live_as_long_as_they_are_needed() throws Exception {
    tier.put("answers:a", new byte[1], Set.of("red"), HOUR);
    tier.put("answers:b", new byte[1], Set.of("red"), Duration.ofMinutes(1));

    assertThat(lifetime(key("entry", "answers:a"))).isBetween(1L, HOUR.toMillis());
    assertThat(lifetime(key("entry", "answers:b"))).isBetween(1L, 60_000L);
    assertThat(lifetime(key("tag", "{red}")))
        .as("the longest, with a margin")
        .isBetween(lifetime(key("entry", "answers:a")), HOUR.plusMinutes(1).toMillis());
  }

  @Test
  void names_of_expired_entries_do_not_pile_up_in_a_tag() throws Exception {
    tier.put("answers:a", new byte[1], Set.of("red"), HOUR);
    server().command("ZADD", key("tag", "{red}"), "1", "answers:expired");

    tier.put("answers:b", new byte[1], Set.of("red"), HOUR);

    assertThat(server().command("ZRANGE", key("tag", "{red}"), "0", "-1").lines())
        .containsExactly("answers:a", "answers:b");
  }

  @Test
  void what_a_process_died_over_is_removed_by_the_next_removal() throws Exception {
    tier.put("answers:a", new byte[1], Set.of("red"), HOUR);
    server().command("RENAME", key("tag", "{red}"), key("removing", "{red}"));
    tier.put("answers:b", new byte[1], Set.of("red"), HOUR);

    assertThat(tier.remove("red")).isEqualTo(2);

    assertThat(tier.get("answers:a")).isNull();
    assertThat(tier.get("answers:b")).isNull();
  }

  @Test
  void nothing_is_left_of_what_was_removed() throws Exception {
    tier.put("answers:a", new byte[1], Set.of("red", "blue"), HOUR);

    tier.remove("red");
    tier.remove("blue");

    assertThat(server().command("KEYS", "sutazai:" + namespace + ":*"))
        .isEqualTo("sutazai:" + namespace + ":generation");
  }

  @Test
  void what_is_too_large_is_not_stored_and_the_older_one_is_removed() {
    tier.put("answers:a", new byte[1 << 20], Set.of("red"), HOUR);

    tier.put("answers:a", new byte[(1 << 20) + 1], Set.of("red"), HOUR);

    assertThat(tier.get("answers:a")).isNull();
  }

  @Test
  void no_entry_comes_back_when_redis_lost_the_generation() throws Exception {
    tier.put("answers:a", new byte[1], Set.of("red"), HOUR);
    String before = key("entry", "answers:a");

    server().command("DEL", "sutazai:" + namespace + ":generation");

    await().atMost(Opened.PATIENCE).until(() -> tier.get("answers:a") == null);
    assertThat(server().command("EXISTS", before)).isEqualTo("1");
  }

  @Test
  void it_takes_no_more_connections_than_it_may() throws Exception {
    // Given
    var settings = new Opened.Settings(5, Opened.PATIENCE);
    RedisTier narrow = opened.tier(server().url(), namespace, settings);
    await().atMost(Opened.PATIENCE).until(() -> connections() == 3 * 5);
    List<Future<?>> callers = new ArrayList<>();

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        callers.add(threads.submit(() -> narrow.get("answers:a")));
      }
    }

    // Then
    for (Future<?> caller : callers) {
      caller.get();
    }
    assertThat(connections()).isEqualTo(3 * 5);
  }

  private long connections() throws IOException {
    return RedisConnectionsTest.connections(server());
  }

  @Test
  void messages_reach_all_processes_of_an_installation_and_no_other() {
    // Given
    RedisTier second = opened.tier(server().url(), namespace, Opened.Settings.patient());
    List<String> heard = new CopyOnWriteArrayList<>();
    List<String> heardElsewhere = new CopyOnWriteArrayList<>();
    second.subscribe(heard::add);
    elsewhere.subscribe(heardElsewhere::add);
    await()
        .atMost(Opened.PATIENCE)
        .until(() -> server().command("PUBSUB", "CHANNELS", "sutazai:*").lines().count() == 2);

    // When
    tier.publish("removed ü");

    // Then
    await().atMost(Opened.PATIENCE).until(() -> heard.contains("removed ü"));
    assertThat(heardElsewhere).isEmpty();
  }

  @Test
  void its_state_is_up() {
    tier.get("answers:a");

    assertThat(tier.state()).isEqualTo(new RedisTier.State("up", null));
  }
}
