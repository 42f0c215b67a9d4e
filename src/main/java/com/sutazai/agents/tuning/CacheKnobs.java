package com.sutazai.agents.tuning;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.cache.CacheSizes;
import com.sutazai.cache.CacheSizes.Size;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Memory of the cache's regions. One that had to evict entries while requests missed may have twice
 * as much, as long as all regions together stay within a quarter of the heap.
 */
@Singleton
class CacheKnobs implements Knobs {
  /** What a region's entries weigh is less than what they take in memory. */
  private static final double LARGEST_SHARE_OF_HEAP = 0.25;

  private final CacheSizes sizes;
  private final long mostBytes;

  @Inject
  CacheKnobs(CacheSizes sizes) {
    this(sizes, (long) (Runtime.getRuntime().maxMemory() * LARGEST_SHARE_OF_HEAP));
  }

  /**
   * @param mostBytes that all regions may have together
   */
  CacheKnobs(CacheSizes sizes, long mostBytes) {
    this.sizes = sizes;
    this.mostBytes = mostBytes;
  }

  @Override
  public List<Knob> all() {
    List<Size> now = sizes.now();
    Room room = new Room(mostBytes - now.stream().mapToLong(Size::maxBytes).sum());
    return now.stream().<Knob>map(size -> new Memory(size.region(), room)).toList();
  }

  /** What the regions may have beyond what they have, given to who asks first. */
  private static final class Room {
    private long left;

    Room(long left) {
      this.left = left;
    }

    boolean take(long bytes) {
      boolean enough = bytes <= left;
      left -= enough ? bytes : 0;
      return enough;
    }
  }

  private final class Memory implements Knob {
    private final String region;
    private final Room room;

    Memory(String region, Room room) {
      this.region = region;
      this.room = room;
    }

    private Size size() {
      return sizes.now().stream()
          .filter(each -> each.region().equals(region))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public String setting() {
      return "sutazai.cache." + region + ".max-bytes";
    }

    @Override
    public long value() {
      return size().maxBytes();
    }

    @Override
    public void set(long value) {
      sizes.resize(region, value);
    }

    @Override
    public Watch watch() {
      Size start = size();
      return () -> seen(start, size());
    }

    private Seen seen(Size start, Size end) {
      long hits = end.hits() - start.hits();
      long misses = end.misses() - start.misses();
      long evictions = end.evictions() - start.evictions();
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.put("requests", hits + misses);
      told.put("hit_ratio", hits + misses == 0 ? null : (Double) ((double) hits / (hits + misses)));
      told.put("evictions", evictions);
      told.put("bytes", end.bytes());
      long now = end.maxBytes();
      if (evictions == 0) {
        return new Seen(told, now, "Nothing was evicted: more memory would change nothing.");
      }
      if (misses == 0) {
        return new Seen(told, now, "No request missed: what was evicted was not asked for.");
      }
      return room.take(now)
          ? new Seen(told, 2 * now, "Entries were evicted while requests missed.")
          : new Seen(told, now, "More is needed, but not within a quarter of the heap.");
    }
  }
}
