package com.sutazai.cache;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** How full the regions in memory are, and how large they may become. */
@ApplicationScoped
public class CacheSizes {
  private final Caches caches;

  CacheSizes(Caches caches) {
    this.caches = caches;
  }

  /**
   * One region; counts are those since the start.
   *
   * @param maxBytes that its entries may have
   * @param bytes that they have
   * @param hits requests that were answered by an entry
   * @param misses requests for which something was loaded
   * @param evictions entries that had to go because the region was full
   */
  public record Size(
      String region, long maxBytes, long bytes, long hits, long misses, long evictions) {}

  /** All regions now. */
  public List<Size> now() {
    return caches.regions().stream().map(CacheSizes::size).toList();
  }

  private static Size size(Region<?> region) {
    RegionCounts counts = region.counts();
    return new Size(
        region.settings().name(),
        region.maxBytes(),
        region.bytes(),
        counts.allHits(),
        counts.misses.sum(),
        counts.evictions.sum());
  }

  /** Lets the region of that name have so much, until the process ends; false if there is none. */
  public boolean resize(String name, long maxBytes) {
    return caches.regions().stream()
        .filter(region -> region.settings().name().equals(name))
        .peek(region -> region.resize(maxBytes))
        .findFirst()
        .isPresent();
  }
}
