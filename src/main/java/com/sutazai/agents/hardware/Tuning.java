package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.cache.CacheSizes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sets the program's own bounds by what is measured: the memory of the cache's regions. A region
 * that had to evict entries while requests missed may have twice as much, as long as all regions
 * together stay within a quarter of the heap. What is set holds until the process ends.
 */
@Singleton
class Tuning {
  /** What a region's entries weigh is less than what they take in memory. */
  private static final double LARGEST_SHARE_OF_HEAP = 0.25;

  private final CacheSizes sizes;
  private final Pause pause;
  private final long mostBytes;

  @Inject
  Tuning(CacheSizes sizes) {
    this(sizes, Thread::sleep, (long) (Runtime.getRuntime().maxMemory() * LARGEST_SHARE_OF_HEAP));
  }

  /**
   * For tests that make the traffic.
   *
   * @param mostBytes that all regions may have together
   */
  Tuning(CacheSizes sizes, Pause pause, long mostBytes) {
    this.sizes = sizes;
    this.pause = pause;
    this.mostBytes = mostBytes;
  }

  /** What lasts as long as a window. */
  interface Pause {
    void last(Duration window) throws InterruptedException;
  }

  /** What happened in a region within a window. */
  private record Window(long requests, long hits, long evictions, long bytes) {
    static Window between(CacheSizes.Size start, CacheSizes.Size end) {
      long hits = end.hits() - start.hits();
      return new Window(
          hits + end.misses() - start.misses(),
          hits,
          end.evictions() - start.evictions(),
          end.bytes());
    }

    ObjectNode told() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("requests", requests);
      node.put("hit_ratio", requests == 0 ? null : (Double) ((double) hits / requests));
      node.put("evictions", evictions);
      node.put("bytes", bytes);
      return node;
    }
  }

  /** A region as it is, and what it is to have; the same as now where nothing is to change. */
  private record Advice(CacheSizes.Size size, Window window, long maxBytes, String reason) {
    boolean isChange() {
      return maxBytes != size.maxBytes();
    }
  }

  /** Measures for a window, and if it is to apply what follows from that, for another one. */
  JsonNode tune(boolean apply, Duration window) throws InterruptedException {
    List<Advice> advice = advise(measured(window), sizes.now());
    boolean changes = apply && advice.stream().anyMatch(Advice::isChange);
    advice.stream()
        .filter(each -> apply && each.isChange())
        .forEach(each -> sizes.resize(each.size().region(), each.maxBytes()));
    Map<String, Window> after = changes ? measured(window) : Map.of();

    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("window_seconds", window.toSeconds());
    result.put("applied", changes);
    result.put("most_bytes_of_all_regions", mostBytes);
    ArrayNode knobs = result.putArray("knobs");
    advice.forEach(each -> knobs.add(told(each, after)));
    return result;
  }

  private Map<String, Window> measured(Duration window) throws InterruptedException {
    Map<String, CacheSizes.Size> start = byName();
    pause.last(window);
    Map<String, Window> windows = new TreeMap<>();
    byName()
        .forEach(
            (name, end) -> {
              CacheSizes.Size before = start.get(name);
              if (before != null) {
                windows.put(name, Window.between(before, end));
              }
            });
    return windows;
  }

  private Map<String, CacheSizes.Size> byName() {
    return sizes.now().stream()
        .collect(Collectors.toMap(CacheSizes.Size::region, Function.identity()));
  }

  private List<Advice> advise(Map<String, Window> windows, List<CacheSizes.Size> now) {
    long left = mostBytes - now.stream().mapToLong(CacheSizes.Size::maxBytes).sum();
    List<Advice> all = new ArrayList<>();
    for (CacheSizes.Size size : now) {
      Window window = windows.get(size.region());
      if (window != null) {
        Advice advice = advise(size, window, left);
        left -= advice.maxBytes() - size.maxBytes();
        all.add(advice);
      }
    }
    return all;
  }

  private static Advice advise(CacheSizes.Size size, Window window, long left) {
    if (window.evictions() == 0) {
      return new Advice(
          size, window, size.maxBytes(), "Nothing was evicted: more memory would change nothing.");
    }
    if (window.hits() == window.requests()) {
      return new Advice(
          size, window, size.maxBytes(), "No request missed: what was evicted was not asked for.");
    }
    if (size.maxBytes() > left) {
      return new Advice(
          size, window, size.maxBytes(), "More is needed, but not within a quarter of the heap.");
    }
    return new Advice(
        size, window, size.maxBytes() * 2, "Entries were evicted while requests missed.");
  }

  private static ObjectNode told(Advice advice, Map<String, Window> after) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    String region = advice.size().region();
    @Nullable Window later = advice.isChange() ? after.get(region) : null;
    node.put("knob", "sutazai.cache." + region + ".max-bytes");
    node.put("value_before", advice.size().maxBytes());
    node.put("recommended", advice.maxBytes());
    node.put("value_now", later == null ? advice.size().maxBytes() : advice.maxBytes());
    node.put("reason", advice.reason());
    node.set("before", advice.window().told());
    node.set("after", later == null ? null : later.told());
    return node;
  }
}
