package com.sutazai.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every tier does, whatever it keeps its entries in. */
public abstract class TierContract {
  static final Duration LONG = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The one that is tested, without entries. */
  protected abstract Tier tier();

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void an_entry_comes_back_byte_for_byte() {
    for (byte[] entry :
        List.of(new byte[0], bytes("plain"), bytes("a\r\n$-1\r\n\0b"), random(1 << 20))) {
      tier().put("answers:one", entry, Set.of("t"), LONG);

      assertThat(tier().get("answers:one")).isEqualTo(entry);
    }
  }

  @Test
  void what_was_not_put_is_not_there() {
    assertThat(tier().get("answers:unknown")).isNull();
  }

  @Test
  void a_second_entry_replaces_the_first() {
    tier().put("answers:one", bytes("old"), Set.of("a"), LONG);

    tier().put("answers:one", bytes("new"), Set.of("a"), LONG);

    assertThat(tier().get("answers:one")).isEqualTo(bytes("new"));
    assertThat(tier().remove("a")).isOne();
  }

  @Test
  void an_entry_needs_no_tag() {
    tier().put("answers:one", bytes("plain"), Set.of(), LONG);

    assertThat(tier().get("answers:one")).isEqualTo(bytes("plain"));
  }

  @Test
  void an_entry_is_gone_when_its_time_is_over() {
    tier().put("answers:long", bytes("stays"), Set.of("t"), LONG);
    tier().put("answers:short", bytes("goes"), Set.of("t"), Duration.ofMillis(20));

    await().atMost(PATIENCE).until(() -> tier().get("answers:short") == null);

    assertThat(tier().get("answers:long")).isEqualTo(bytes("stays"));
    assertThat(tier().remove("t")).as("what expired does not count").isOne();
  }

  @Test
  void a_tag_removes_what_has_it_and_nothing_else() {
    tier().put("answers:a", bytes("a"), Set.of("red"), LONG);
    tier().put("answers:b", bytes("b"), Set.of("red", "blue"), LONG);
    tier().put("answers:c", bytes("c"), Set.of("blue"), LONG);

    long removed = tier().remove("red");

    assertThat(removed).isEqualTo(2);
    assertThat(tier().get("answers:a")).isNull();
    assertThat(tier().get("answers:b")).isNull();
    assertThat(tier().get("answers:c")).isEqualTo(bytes("c"));
    assertThat(tier().remove("red")).isZero();
    assertThat(tier().remove("blue")).isOne();
  }

  @Test
  void a_removed_entry_can_be_put_and_removed_again() {
    for (int i = 0; i < 3; i++) {
      tier().put("answers:a", bytes("a"), Set.of("red"), LONG);

      assertThat(tier().remove("red")).isOne();
      assertThat(tier().get("answers:a")).isNull();
    }
  }

  @Test
  void a_tag_may_be_any_text() {
    for (String tag : List.of("{", "}", "{}", "a{b}c", "%7D", "task:{id} ü\n", "x".repeat(200))) {
      tier().put("answers:a", bytes("a"), Set.of(tag), LONG);

      assertThat(tier().remove(tag)).as(tag).isOne();
    }
  }

  @Test
  void a_tag_removes_thousands() {
    IntStream.range(0, 2_000)
        .forEach(i -> tier().put("answers:" + i, bytes("x"), Set.of("many"), LONG));

    assertThat(tier().remove("many")).isEqualTo(2_000);
    assertThat(tier().get("answers:1999")).isNull();
  }

  @Test
  void many_callers_at_once_do_not_disturb_each_other() throws Exception {
    // Given
    List<Future<?>> callers = new ArrayList<>();

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 100; caller++) {
        String own = "answers:" + caller;
        String tag = "caller:" + caller;
        callers.add(threads.submit(() -> callAgainAndAgain(own, tag)));
      }
    }

    // Then
    for (Future<?> caller : callers) {
      caller.get();
    }
    assertThat(tier().remove("all")).isEqualTo(100);
  }

  private void callAgainAndAgain(String name, String tag) {
    for (int i = 0; i < 20; i++) {
      byte[] entry = random(100 + i);
      tier().put(name, entry, Set.of("all", tag), LONG);
      assertThat(tier().get(name)).isEqualTo(entry);
      assertThat(tier().remove(tag)).isOne();
      assertThat(tier().get(name)).isNull();
    }
    tier().put(name, bytes("last"), Set.of("all"), LONG);
  }

  @Test
  void no_entry_survives_the_removal_of_its_tag_while_others_are_put() throws Exception {
    // Given
    int rounds = 200;
    List<Future<?>> callers = new ArrayList<>();

    // When
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < rounds; i++) {
        String name = "answers:" + i;
        callers.add(threads.submit(() -> tier().put(name, bytes("x"), Set.of("busy"), LONG)));
        if (i % 10 == 0) {
          callers.add(threads.submit(() -> tier().remove("busy")));
        }
      }
    }
    tier().remove("busy");

    // Then
    for (Future<?> caller : callers) {
      caller.get();
    }
    assertThat(IntStream.range(0, rounds).mapToObj(i -> tier().get("answers:" + i)))
        .containsOnlyNulls();
  }
}
