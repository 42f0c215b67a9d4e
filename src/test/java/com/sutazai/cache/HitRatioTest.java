package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cache.Loader.Loaded;
import com.sutazai.cache.Region.Kind;
import com.sutazai.cache.RegionSettings.Stale;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hits on a Zipf(1.0) trace, beside the best that any cache of that size could have (L. A. Belady,
 * 1966: drop what is needed latest) and beside plain LRU.
 */
@Slow
@QuarkusTest
class HitRatioTest {
  private static final int KEYS = 10_000;
  private static final int REQUESTS = 100_000;
  private static final UUID OWNER = new UUID(1, 1);
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

  /** Of values, so much that what else runs in this process does not count. */
  private static final int HEAP = 40_000_000;

  private static final String VALUE = "x".repeat(1_000);

  private final Changes changes;

  HitRatioTest(Changes changes) {
    this.changes = changes;
  }

  @Test
  void more_is_hit_than_with_lru_and_nearly_what_can_be() throws Exception {
    int[] trace = trace(42);
    for (int percent : new int[] {1, 5, 10}) {
      // Given
      int capacity = KEYS * percent / 100;

      // When
      int ours = ours(trace, capacity);
      int lru = lru(trace, capacity);
      int best = best(trace, capacity);

      // Then
      System.out.printf(
          "Zipf(1.0), room for %d %% of %,d keys, %,d requests: hits %.1f %%, LRU %.1f %%, best possible %.1f %%%n",
          percent,
          KEYS,
          REQUESTS,
          100.0 * ours / REQUESTS,
          100.0 * lru / REQUESTS,
          100.0 * best / REQUESTS);
      assertThat(ours).isGreaterThan(lru).isLessThanOrEqualTo(best);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 10_000})
  void an_entry_takes_about_the_memory_that_it_is_counted_with(int length) throws Exception {
    // Given
    int entries = HEAP / length;
    Map<CacheKey, String> plain = new LinkedHashMap<>(16, 0.75f, true);
    Region<String> region = region(Long.MAX_VALUE);

    // When
    long empty = heap();
    for (int i = 0; i < entries; i++) {
      plain.put(key(i), value(i, length));
    }
    long ofPlain = heap() - empty;
    plain.clear();
    empty = heap();
    for (int i = 0; i < entries; i++) {
      int number = i;
      region.get(key(i), () -> new Loaded<>(value(number, length), Set.of()));
    }
    long ofRegion = heap() - empty;

    // Then
    assertThat(region.entries()).isEqualTo(entries);
    double counted = (double) region.bytes() / entries;
    System.out.printf(
        "values of %,d bytes: an entry takes %,d bytes of the heap and is counted with %,.0f; in a LinkedHashMap %,d%n",
        length, ofRegion / entries, counted, ofPlain / entries);
    assertThat(ofRegion / entries).isBetween((long) (0.6 * counted), (long) (1.4 * counted));
  }

  private static String value(int number, int length) {
    return "%08d".formatted(number) + "x".repeat(length - 8);
  }

  /** Bytes that are in use once what nobody needs is gone. */
  private static long heap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, MEMORY.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static int[] trace(long seed) {
    double[] upTo = new double[KEYS];
    double sum = 0;
    for (int i = 0; i < KEYS; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    var random = new SplittableRandom(seed);
    int[] trace = new int[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
      trace[i] = Math.min(KEYS - 1, found < 0 ? -found - 1 : found);
    }
    return trace;
  }

  /** All entries weigh the same: their keys are as long. */
  private int ours(int[] trace, int capacity) throws InterruptedException {
    int weight = Entry.weight(key(0), Set.of(), new byte[VALUE.length()]);
    Region<String> region = region((long) weight * capacity);
    for (int each : trace) {
      region.get(key(each), () -> new Loaded<>(VALUE, Set.of()));
    }
    assertThat(region.entries()).isLessThanOrEqualTo(capacity);
    return (int) region.counts().allHits();
  }

  private Region<String> region(long bytes) {
    return new Region<>(
        Kind.ROWS,
        new RegionSettings("test", Duration.ofHours(1), bytes, Stale.NEVER, Waiting.NOT),
        new Texts(1),
        changes,
        () -> new Tiers(Optional.empty(), Optional.empty()),
        InstantSource.system());
  }

  private static CacheKey key(int number) {
    return new CacheKey(OWNER, "%08d".formatted(number));
  }

  private static int lru(int[] trace, int capacity) {
    Map<Integer, Boolean> kept =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
            return size() > capacity;
          }
        };
    int hits = 0;
    for (int each : trace) {
      if (kept.put(each, true) != null) {
        hits++;
      }
    }
    return hits;
  }

  private static int best(int[] trace, int capacity) {
    int[] nextUse = new int[trace.length];
    Map<Integer, Integer> seen = new HashMap<>();
    for (int i = trace.length - 1; i >= 0; i--) {
      Integer next = seen.put(trace[i], i);
      nextUse[i] = next == null ? trace.length + i : next;
    }
    TreeMap<Integer, Integer> keptByNextUse = new TreeMap<>();
    int hits = 0;
    for (int i = 0; i < trace.length; i++) {
      if (keptByNextUse.remove(i) != null) {
        hits++;
      }
      keptByNextUse.put(nextUse[i], trace[i]);
      if (keptByNextUse.size() > capacity) {
        keptByNextUse.pollLastEntry();
      }
    }
    return hits;
  }
}
