package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Cached.Source;
import com.sutazai.cache.Loader.Loaded;
import com.sutazai.cache.Region.Kind;
import com.sutazai.cache.RegionSettings.Stale;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a region keeps, and when it is answered. */
@QuarkusTest
class RegionTest {
  private static final UUID OWNER = new UUID(1, 1);
  private static final Duration TTL = Duration.ofMinutes(10);

  /** Only ends a test that waits in vain. */
  private static final Duration FOREVER = Duration.ofMinutes(1);

  private static final Duration LATE = Duration.ofSeconds(30);
  private static final Duration STALE = Duration.ofMinutes(5);

  private final Changes changes;
  private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final AtomicInteger loads = new AtomicInteger();
  private final FakeTier shared = new FakeTier("redis");
  private final FakeTier table = new FakeTier("database");
  private final CacheKey key = new CacheKey(OWNER, "key-" + UUID.randomUUID());
  private final String tag = "tag-" + UUID.randomUUID();

  RegionTest(Changes changes) {
    this.changes = changes;
  }

  private Region<String> region(Kind kind) {
    return region(kind, 1);
  }

  private Region<String> region(Kind kind, int version) {
    return region(kind, version, 1_000_000);
  }

  private Region<String> region(Kind kind, int version, long maxBytes) {
    return region(kind, version, maxBytes, Duration.ZERO);
  }

  private Region<String> region(Kind kind, int version, long maxBytes, Duration late) {
    return new Region<>(
        kind,
        new RegionSettings("test", TTL, maxBytes, new Stale(late, STALE), Waiting.NOT),
        new Texts(version),
        changes,
        () -> new Tiers(Optional.of(shared), Optional.of(table)),
        clock);
  }

  private Loader<String> loader(String value) {
    return () -> {
      loads.incrementAndGet();
      return new Loaded<>(value, Set.of(tag));
    };
  }

  private static Loader<String> failing(ErrorCode code) {
    return () -> {
      throw new ProblemException(code, "It is away.");
    };
  }

  private static String value(Optional<Cached<String>> cached) {
    return cached.orElseThrow().value();
  }

  private void awaitWritten(int entries) {
    await()
        .atMost(FOREVER)
        .until(() -> shared.entries.size() == entries && table.entries.size() == entries);
  }

  @Test
  void a_value_is_loaded_once() throws Exception {
    // Given
    var region = region(Kind.ROWS);

    // When
    Cached<String> first = region.get(key, loader("a")).orElseThrow();
    Cached<String> second = region.get(key, loader("b")).orElseThrow();

    // Then
    assertThat(first.source()).isEqualTo(Source.LOADED);
    assertThat(second.source()).isEqualTo(Source.MEMORY);
    assertThat(second.value()).isEqualTo("a");
    assertThat(loads).hasValue(1);
  }

  @Test
  void who_waits_for_a_load_that_is_interrupted_loads_it_itself() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Thread first =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    region.get(
                        key,
                        () -> {
                          loading.countDown();
                          try {
                            never.await();
                          } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new ProblemException(
                                ErrorCode.DATABASE_UNAVAILABLE, "The call was interrupted.");
                          }
                          throw new IllegalStateException("nobody interrupted it");
                        });
                  } catch (InterruptedException | ProblemException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    loading.await();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<Cached<String>>> second = threads.submit(() -> region.get(key, loader("a")));
      await().atMost(FOREVER).until(() -> region.waiting() == 1);

      // When
      first.interrupt();

      // Then
      assertThat(value(second.get())).isEqualTo("a");
    }
  }

  @Test
  void a_value_of_another_owner_is_another_one() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("mine"));

    // When
    var other = region.get(new CacheKey(new UUID(2, 2), key.text()), loader("other's"));

    // Then
    assertThat(value(other)).isEqualTo("other's");
  }

  @Test
  void a_change_ends_what_was_made_of_it() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));

    // When
    changes.changed(tag);

    // Then
    assertThat(region.peek(key)).isEmpty();
    assertThat(value(region.get(key, loader("new")))).isEqualTo("new");
  }

  @Test
  void another_change_ends_nothing() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("kept"));

    // When
    changes.changed("tag-of-another");

    // Then
    assertThat(region.peek(key)).isPresent();
  }

  @Test
  void what_changed_while_it_was_loaded_is_not_kept() throws Exception {
    // Given
    var region = region(Kind.ROWS);

    // When
    region.get(
        key,
        () -> {
          changes.changed(tag);
          return new Loaded<>("read before the change", Set.of(tag));
        });

    // Then
    assertThat(region.peek(key)).isEmpty();
    assertThat(value(region.get(key, loader("new")))).isEqualTo("new");
  }

  @Test
  void an_entry_ends_with_its_time() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));

    // When
    now.addAndGet(TTL.toMillis() + 1);

    // Then
    assertThat(value(region.get(key, loader("new")))).isEqualTo("new");
  }

  @Test
  void an_entry_near_its_end_is_loaded_anew_beside_the_answer() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));
    now.addAndGet(TTL.toMillis() * 95 / 100);

    // When
    String answered = value(region.get(key, loader("new")));

    // Then
    assertThat(answered).isEqualTo("old");
    await().atMost(FOREVER).until(() -> region.peek(key).orElseThrow().value().equals("new"));
    assertThat(loads).hasValue(2);
  }

  @Test
  void nothing_is_loaded_anew_for_what_costs_a_model_call() throws Exception {
    // Given
    var region = region(Kind.ANSWERS);
    region.get(key, loader("old"));
    now.addAndGet(TTL.toMillis() * 95 / 100);

    // When
    region.get(key, loader("new"));

    // Then
    assertThat(loads).hasValue(1);
  }

  @Test
  void what_does_not_exist_is_asked_for_again() throws Exception {
    // Given
    var region = region(Kind.ROWS);

    // When
    Optional<Cached<String>> nothing = region.get(key, () -> null);

    // Then
    assertThat(nothing).isEmpty();
    assertThat(value(region.get(key, loader("made meanwhile")))).isEqualTo("made meanwhile");
  }

  @Test
  void an_entry_past_its_time_is_answered_while_the_database_is_away() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));
    now.addAndGet(TTL.plusMinutes(1).toMillis());

    // When
    Cached<String> stale = region.get(key, failing(ErrorCode.DATABASE_UNAVAILABLE)).orElseThrow();

    // Then
    assertThat(stale.value()).isEqualTo("old");
    assertThat(stale.stale()).isTrue();
    assertThat(stale.ttl()).isEqualTo(Duration.ofMinutes(-1));
    now.addAndGet(STALE.toMillis());
    assertThatThrownBy(() -> region.get(key, failing(ErrorCode.DATABASE_UNAVAILABLE)))
        .isInstanceOf(ProblemException.class);
  }

  private Region<String> lateRegion() {
    return region(Kind.ROWS, 1, 1_000_000, LATE);
  }

  @Test
  void just_past_its_end_an_entry_is_answered_and_loaded_behind() throws Exception {
    // Given
    var region = lateRegion();
    region.get(key, loader("old"));
    now.addAndGet(TTL.plusSeconds(1).toMillis());

    // When
    Cached<String> late = region.get(key, loader("new")).orElseThrow();

    // Then
    assertThat(late.value()).isEqualTo("old");
    assertThat(late.ttl()).isEqualTo(Duration.ofSeconds(-1));
    assertThat(late.age()).isEqualTo(TTL.plusSeconds(1));
    await()
        .atMost(FOREVER)
        .until(() -> region.peek(key).map(Cached::value).equals(Optional.of("new")));
    assertThat(region.counts().stale.sum()).isOne();
  }

  @Test
  void long_past_its_end_it_is_not() throws Exception {
    // Given
    var region = lateRegion();
    region.get(key, loader("old"));
    now.addAndGet(TTL.plus(LATE).toMillis());

    // When, then
    assertThat(value(region.get(key, loader("new")))).isEqualTo("new");
  }

  @Test
  void nor_is_it_after_a_change_or_to_who_wants_a_new_one() throws Exception {
    // Given
    var region = lateRegion();
    region.get(key, loader("old"));
    now.addAndGet(TTL.plusSeconds(1).toMillis());

    // When, then
    assertThat(value(region.reload(key, loader("new")))).isEqualTo("new");
    now.addAndGet(TTL.plusSeconds(1).toMillis());
    changes.changed(tag);
    assertThat(region.late(key)).isEmpty();
    assertThat(value(region.get(key, loader("changed")))).isEqualTo("changed");
  }

  @Test
  void who_wants_nothing_that_was_kept_is_told_that_the_database_is_away() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));

    // When
    Cached<String> known =
        region.reloadIfPossible(key, failing(ErrorCode.DATABASE_UNAVAILABLE)).orElseThrow();

    // Then
    assertThat(known.value()).isEqualTo("old");
    assertThat(known.source()).isEqualTo(Source.MEMORY);
    assertThatThrownBy(() -> region.reload(key, failing(ErrorCode.DATABASE_UNAVAILABLE)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void other_failures_are_not_hidden_by_an_old_entry() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));
    now.addAndGet(TTL.plusMinutes(1).toMillis());

    // When, then
    assertThatThrownBy(() -> region.get(key, failing(ErrorCode.NOT_FOUND)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void what_has_changed_is_not_answered_while_the_database_is_away() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));
    changes.changed(tag);

    // When, then
    assertThatThrownBy(() -> region.get(key, failing(ErrorCode.DATABASE_UNAVAILABLE)))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void many_who_ask_at_once_cause_one_load() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    var loading = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Loader<String> slow =
        () -> {
          loading.countDown();
          go.await();
          return loader("once").load();
        };

    // When
    List<String> answers =
        atOnce(50, () -> value(region.get(key, slow)), () -> waitsFor(region, loading, go));

    // Then
    assertThat(answers).containsOnly("once");
    assertThat(loads).hasValue(1);
    assertThat(region.counts().collapsed.sum()).isEqualTo(49);
  }

  /** All but the one who loads wait for it. */
  private static void waitsFor(Region<?> region, CountDownLatch loading, CountDownLatch go) {
    await().atMost(FOREVER).until(() -> loading.getCount() == 0);
    await().atMost(FOREVER).until(() -> region.waiting() == 49);
    go.countDown();
  }

  @Test
  void a_failed_load_fails_those_who_waited_and_nobody_after() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    var go = new CountDownLatch(1);
    Loader<String> broken =
        () -> {
          loads.incrementAndGet();
          go.await();
          throw new ProblemException(ErrorCode.MODEL_FAILED, "No.");
        };

    // When
    List<Boolean> failed =
        atOnce(
            10,
            () -> {
              try {
                region.get(key, broken);
                return false;
              } catch (ProblemException e) {
                return true;
              }
            },
            () -> {
              await().atMost(FOREVER).until(() -> region.waiting() == 9);
              go.countDown();
            });

    // Then
    assertThat(failed).containsOnly(true);
    assertThat(loads).hasValue(1);
    assertThat(value(region.get(key, loader("well again")))).isEqualTo("well again");
  }

  @Test
  void who_comes_after_a_change_does_not_get_what_was_read_before_it() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    var reading = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> early =
          threads.submit(
              () ->
                  value(
                      region.get(
                          key,
                          () -> {
                            reading.countDown();
                            go.await();
                            return new Loaded<>("old", Set.of(tag));
                          })));
      reading.await();
      changes.changed(tag);

      // When
      Future<String> late = threads.submit(() -> value(region.get(key, loader("new"))));
      await().atMost(FOREVER).until(() -> region.waiting() == 1);
      go.countDown();

      // Then
      assertThat(late.get()).isEqualTo("new");
      assertThat(early.get()).isEqualTo("old");
      assertThat(region.peek(key).orElseThrow().value()).isEqualTo("new");
    }
  }

  @Test
  void all_who_waited_get_the_old_entry_while_the_database_is_away() throws Exception {
    // Given
    var region = region(Kind.ROWS);
    region.get(key, loader("old"));
    now.addAndGet(TTL.toMillis() + 1);
    var go = new CountDownLatch(1);

    // When
    List<String> answers =
        atOnce(
            10,
            () ->
                value(
                    region.get(
                        key,
                        () -> {
                          go.await();
                          throw new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, "Away.");
                        })),
            () -> {
              await().atMost(FOREVER).until(() -> region.waiting() == 9);
              go.countDown();
            });

    // Then
    assertThat(answers).containsOnly("old");
  }

  private static <T> List<T> atOnce(int callers, Callable<T> call, Runnable meanwhile)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        calls.add(threads.submit(call));
      }
      meanwhile.run();
      List<T> answers = new ArrayList<>();
      for (Future<T> each : calls) {
        answers.add(each.get());
      }
      return answers;
    }
  }

  @Test
  void memory_is_bounded_by_bytes() throws Exception {
    // Given
    var region = region(Kind.ROWS, 1, 20_000);

    // When
    for (int i = 0; i < 1_000; i++) {
      region.get(new CacheKey(OWNER, "bounded-" + i), loader("x".repeat(500)));
    }

    // Then
    assertThat(region.entries()).isBetween(1L, 26L);
    assertThat(region.bytes()).isLessThanOrEqualTo(20_000);
    assertThat(region.counts().evictions.sum()).isGreaterThan(900);
  }

  @Test
  void an_answer_is_found_in_each_tier_and_kept_in_those_above() throws Exception {
    // Given
    region(Kind.ANSWERS).get(key, loader("answer"));
    awaitWritten(1);
    shared.entries.clear();

    // When
    Cached<String> fromTable = region(Kind.ANSWERS).find(key).orElseThrow();
    await().atMost(FOREVER).until(() -> shared.entries.size() == 1);
    var third = region(Kind.ANSWERS);
    Cached<String> fromShared = third.find(key).orElseThrow();

    // Then
    assertThat(fromTable.source()).isEqualTo(Source.DATABASE);
    assertThat(fromShared.source()).isEqualTo(Source.REDIS);
    assertThat(fromShared.value()).isEqualTo("answer");
    assertThat(third.peek(key).orElseThrow().source()).isEqualTo(Source.MEMORY);
  }

  @Test
  void an_entry_keeps_its_end_wherever_it_is_found() throws Exception {
    // Given
    region(Kind.ANSWERS).get(key, loader("answer"));
    awaitWritten(1);
    now.addAndGet(TTL.toMillis() - 1_000);

    // When
    Cached<String> found = region(Kind.ANSWERS).find(key).orElseThrow();
    now.addAndGet(2_000);

    // Then
    assertThat(found.ttl()).isEqualTo(Duration.ofSeconds(1));
    assertThat(region(Kind.ANSWERS).find(key)).isEmpty();
  }

  @Test
  void rows_are_in_no_table() throws Exception {
    // Given
    var region = region(Kind.ROWS);

    // When
    region.get(key, loader("row"));

    // Then
    assertThat(table.asked).hasValue(0);
    assertThat(table.entries).isEmpty();
  }

  @Test
  void a_poisoned_entry_is_a_miss() throws Exception {
    // Given
    region(Kind.ANSWERS).get(key, loader("answer"));
    awaitWritten(1);
    byte[] whole = shared.entries.values().iterator().next();
    String name = shared.entries.keySet().iterator().next();
    table.entries.clear();
    var region = region(Kind.ANSWERS);

    // When, then
    for (byte[] poisoned :
        List.of(
            new byte[0],
            "no entry".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            java.util.Arrays.copyOf(whole, whole.length - 3),
            java.util.Arrays.copyOf(whole, whole.length + 3))) {
      shared.entries.put(name, poisoned);
      assertThat(region.find(key)).isEmpty();
    }
    assertThat(region.counts().unreadable.sum()).isEqualTo(4);
  }

  @Test
  void an_entry_that_was_put_under_anothers_name_is_a_miss() throws Exception {
    // Given
    var mine = new CacheKey(OWNER, "mine-" + UUID.randomUUID());
    region(Kind.ANSWERS).get(key, loader("another's"));
    awaitWritten(1);
    byte[] anothers = shared.entries.values().iterator().next();
    region(Kind.ANSWERS).get(mine, loader("mine"));
    awaitWritten(2);
    table.entries.clear();
    shared.entries.replaceAll((name, entry) -> anothers);

    // When, then
    assertThat(region(Kind.ANSWERS).find(mine)).isEmpty();
  }

  @Test
  void an_entry_of_another_form_is_a_miss() throws Exception {
    // Given
    region(Kind.ANSWERS, 1).get(key, loader("old form"));
    awaitWritten(1);

    // When, then
    assertThat(region(Kind.ANSWERS, 2).find(key)).isEmpty();
  }

  @Test
  void a_tier_that_is_away_is_done_without() throws Exception {
    // Given
    region(Kind.ANSWERS).get(key, loader("answer"));
    awaitWritten(1);
    shared.away = true;

    // When
    Cached<String> found = region(Kind.ANSWERS).find(key).orElseThrow();
    table.away = true;
    var loaded = region(Kind.ANSWERS).get(key, loader("loaded")).orElseThrow();

    // Then
    assertThat(found.source()).isEqualTo(Source.DATABASE);
    assertThat(loaded.value()).isEqualTo("loaded");
  }
}
