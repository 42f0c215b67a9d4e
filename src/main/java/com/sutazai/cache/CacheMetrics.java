package com.sutazai.cache;

import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What a region does, as meters: {@code cache_type} is its name. */
@Singleton
class CacheMetrics {
  private final MeterRegistry registry;

  CacheMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void bind(Region<?> region) {
    RegionCounts counts = region.counts();
    String name = region.settings().name();
    FunctionCounter.builder(MetricNames.CACHE_HITS, counts, RegionCounts::allHits)
        .description("Requests that were answered by what was kept")
        .tag("cache_type", name)
        .register(registry);
    count(MetricNames.CACHE_MISSES, name, "Requests for which it was loaded", counts.misses);
    count(
        MetricNames.CACHE_COLLAPSED,
        name,
        "Requests that used what was being loaded for another",
        counts.collapsed);
    count(
        MetricNames.CACHE_AWAITED,
        name,
        "Requests that waited for what another process was loading",
        counts.awaited);
    count(
        MetricNames.CACHE_EVICTIONS,
        name,
        "Entries that had to go because the region was full",
        counts.evictions);
    count(
        MetricNames.CACHE_OUTDATED,
        name,
        "Entries that were found and not answered because what they were made of has changed",
        counts.outdated);
    counts.hits.forEach(
        (source, hits) -> {
          if (source.isHit()) {
            FunctionCounter.builder(MetricNames.CACHE_TIER_HITS, hits, LongAdder::sum)
                .description("Hits by the tier that had the entry")
                .tags("cache_type", name, "tier", source.label())
                .register(registry);
          }
        });
    gauge(MetricNames.CACHE_BYTES, name, "Weight of the entries in memory", region::bytes);
    gauge(
        MetricNames.CACHE_BYTES_LIMIT,
        name,
        "Weight of entries that memory may have",
        region::maxBytes);
  }

  private void count(String meter, String region, String description, LongAdder counted) {
    FunctionCounter.builder(meter, counted, LongAdder::sum)
        .description(description)
        .tag("cache_type", region)
        .register(registry);
  }

  private void gauge(String meter, String region, String description, Supplier<Number> value) {
    Gauge.builder(meter, value)
        .description(description)
        .tag("cache_type", region)
        .register(registry);
  }
}
