package com.sutazai.cache;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** All regions of this process. */
@ApplicationScoped
public class Caches {
  private final CacheConfig config;
  private final Changes changes;
  private final Tiers tiers;
  private final InstantSource clock;
  private final Map<String, Region<?>> regions = new ConcurrentSkipListMap<>();

  Caches(CacheConfig config, Changes changes, Tiers tiers, InstantSource clock) {
    this.config = config;
    this.changes = changes;
    this.tiers = tiers;
    this.clock = clock;
  }

  /** Agents as the database has them. */
  public <V> Region<V> agents(Codec<V> codec) {
    return region("agent", Region.Kind.ROWS, config.agent(), codec);
  }

  /** What is answered about tasks that have ended. */
  public <V> Region<V> tasks(Codec<V> codec) {
    return region("tasks", Region.Kind.ROWS, config.tasks(), codec);
  }

  /** What other routes answer. */
  public <V> Region<V> responses(Codec<V> codec) {
    return region("response", Region.Kind.ROWS, config.response(), codec);
  }

  /** What models answer. */
  public <V> Region<V> models(Codec<V> codec) {
    return region("model", Region.Kind.ANSWERS, config.model(), codec);
  }

  private <V> Region<V> region(
      String name, Region.Kind kind, CacheConfig.Region sizes, Codec<V> codec) {
    var settings =
        new RegionSettings(
            name, sizes.ttl(), sizes.maxBytes().asLongValue(), config.staleIfError());
    var region = new Region<>(kind, settings, codec, changes, tiers, clock);
    if (regions.putIfAbsent(name, region) != null) {
      throw new IllegalStateException("There are two regions " + name);
    }
    return region;
  }

  Collection<Region<?>> regions() {
    return regions.values();
  }
}
