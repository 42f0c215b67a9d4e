package com.sutazai.cache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the cache of this process did since it started, as counted.
 *
 * @param changesHeard whether changes by other processes are heard; while they are not, nothing
 *     that follows rows of the database is answered from here
 */
@RegisterForReflection
record CacheStatistics(
    boolean changesHeard, List<RegionStatistics> regions, List<TierStatistics> tiers) {
  /**
   * One region.
   *
   * @param ttlSeconds how long an entry is answered
   * @param entries in memory
   * @param bytes of those
   * @param hits by the tier that had the entry
   * @param hitRatio hits by all requests; null before the first one
   * @param collapsed requests that used what was being loaded for another
   * @param awaited requests that waited for what another process was loading; hits as well when it
   *     came
   * @param stale requests that were answered past the entry's time, because a newer one was being
   *     loaded or the database was away
   * @param outdated entries that were found and not answered because what they were made of changed
   * @param unreadable entries of a tier that were cut, changed or in another form
   * @param unwritten entries that a tier did not take
   */
  @RegisterForReflection
  record RegionStatistics(
      String region,
      long ttlSeconds,
      long entries,
      long bytes,
      long maxBytes,
      Map<String, Long> hits,
      long misses,
      @Nullable Double hitRatio,
      long collapsed,
      long awaited,
      long stale,
      long outdated,
      long evictions,
      long unreadable,
      long unwritten,
      Loads loads) {
    static RegionStatistics of(Region<?> region) {
      RegionCounts counts = region.counts();
      Map<String, Long> hits = new java.util.LinkedHashMap<>();
      counts.hits.forEach((source, count) -> hits.put(source.label(), count.sum()));
      long hit = counts.allHits();
      long asked = hit + counts.misses.sum() + counts.collapsed.sum();
      return new RegionStatistics(
          region.settings().name(),
          region.settings().ttl().toSeconds(),
          region.entries(),
          region.bytes(),
          region.maxBytes(),
          hits,
          counts.misses.sum(),
          asked == 0 ? null : (double) hit / asked,
          counts.collapsed.sum(),
          counts.awaited.sum(),
          counts.stale.sum(),
          counts.outdated.sum(),
          counts.evictions.sum(),
          counts.unreadable.sum(),
          counts.unwritten.sum(),
          Loads.of(counts));
    }
  }

  /**
   * How values were loaded.
   *
   * @param meanMs null before the first one
   */
  @RegisterForReflection
  record Loads(long count, long failed, @Nullable Double meanMs) {
    static Loads of(RegionCounts counts) {
      long count = counts.loads.sum();
      return new Loads(
          count,
          counts.loadFailures.sum(),
          count == 0 ? null : counts.loadNanos.sum() / 1e6 / count);
    }
  }
}
