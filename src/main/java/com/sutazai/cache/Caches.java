package com.sutazai.cache;

import com.sutazai.cache.RegionSettings.Stale;
import com.sutazai.cache.RegionSettings.Waiting;
import com.sutazai.cache.redis.RedisTier;
import com.sutazai.cache.redis.RedisTiers;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** All regions of this process. */
@ApplicationScoped
public class Caches {
  private final CacheConfig config;
  private final Changes changes;
  private final RedisTiers redis;
  private final DatabaseTier database;
  private final CacheMetrics metrics;
  private final InstantSource clock;
  private volatile Tiers tiers = Tiers.NONE;
  private final Map<String, Region<?>> regions = new ConcurrentSkipListMap<>();

  Caches(
      CacheConfig config,
      Changes changes,
      RedisTiers redis,
      DatabaseTier database,
      CacheMetrics metrics,
      InstantSource clock) {
    this.config = config;
    this.changes = changes;
    this.redis = redis;
    this.database = database;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Once the database is there, which says whose entries these are. */
  void start(@Observes @Priority(60) StartupEvent event) {
    Optional<RedisTier> shared = redis.open(database.namespace().toString());
    shared.ifPresent(changes::tellAlso);
    tiers = new Tiers(shared, Optional.of(database).filter(DatabaseTier::isOn));
  }

  /** Agents as the database has them. */
  public <V> Region<V> agents(Codec<V> codec) {
    return rows("agent", config.agent(), codec);
  }

  /** What is answered about tasks that have ended. */
  public <V> Region<V> tasks(Codec<V> codec) {
    return rows("tasks", config.tasks(), codec);
  }

  /** What other routes answer. */
  public <V> Region<V> responses(Codec<V> codec) {
    return rows("response", config.response(), codec);
  }

  /** What models answer. */
  public <V> Region<V> models(Codec<V> codec) {
    var waiting = new Waiting(config.model().lease(), config.model().leaseWait());
    var stale = new Stale(Duration.ZERO, config.staleIfError());
    return region("model", Region.Kind.ANSWERS, config.model(), stale, waiting, codec);
  }

  /** What was measured or computed at length, and says when. */
  public <V> Region<V> reports(Codec<V> codec) {
    return region("report", Region.Kind.ANSWERS, config.report(), Stale.NEVER, Waiting.NOT, codec);
  }

  private <V> Region<V> rows(String name, CacheConfig.Rows sizes, Codec<V> codec) {
    var stale = new Stale(sizes.staleWhileRevalidate(), config.staleIfError());
    return region(name, Region.Kind.ROWS, sizes, stale, Waiting.NOT, codec);
  }

  private <V> Region<V> region(
      String name,
      Region.Kind kind,
      CacheConfig.Region sizes,
      Stale stale,
      Waiting waiting,
      Codec<V> codec) {
    var settings =
        new RegionSettings(name, sizes.ttl(), sizes.maxBytes().asLongValue(), stale, waiting);
    var region = new Region<>(kind, settings, codec, changes, () -> tiers, clock);
    if (regions.putIfAbsent(name, region) != null) {
      throw new IllegalStateException("There are two regions " + name);
    }
    metrics.bind(region);
    return region;
  }

  Collection<Region<?>> regions() {
    return regions.values();
  }

  Changes changes() {
    return changes;
  }

  List<TierStatistics> tiers() {
    return tiers.all().stream().map(Tier::statistics).toList();
  }

  /**
   * Forgets what has the tag, in all processes.
   *
   * @return how many entries there were here and in each tier; null where a tier is away, which
   *     then forgets them before it answers again
   */
  Map<String, @Nullable Long> remove(String tag) {
    changes.changedEverywhere(tag);
    Map<String, @Nullable Long> removed = new LinkedHashMap<>();
    removed.put("memory", regions.values().stream().mapToLong(each -> each.remove(tag)).sum());
    tiers.all().forEach(tier -> removed.put(tier.name(), removed(tier, tag)));
    return removed;
  }

  private static @Nullable Long removed(Tier tier, String tag) {
    try {
      return tier.remove(tag);
    } catch (Tier.TierException e) {
      return null;
    }
  }
}
