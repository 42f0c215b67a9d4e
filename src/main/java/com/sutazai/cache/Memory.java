package com.sutazai.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.sutazai.cache.Region.Kind;
import org.jspecify.annotations.Nullable;

/** What a region has in the memory of this process, bounded by bytes. */
final class Memory<V> {
  private final Kind kind;
  private final Changes changes;
  private final RegionCounts counts;
  private final Cache<CacheKey, Entry<V>> entries;

  Memory(Kind kind, RegionSettings settings, Changes changes, RegionCounts counts) {
    this.kind = kind;
    this.changes = changes;
    this.counts = counts;
    entries =
        Caffeine.newBuilder()
            .maximumWeight(settings.maxBytes())
            .weigher((CacheKey key, Entry<V> entry) -> entry.weight())
            .expireAfterWrite(settings.ttl().plus(settings.stale().longest()))
            .evictionListener(
                (@Nullable CacheKey key, @Nullable Entry<V> entry, RemovalCause cause) -> {
                  if (cause == RemovalCause.SIZE) {
                    counts.evictions.increment();
                  }
                })
            .executor(Runnable::run)
            .build();
  }

  /** The entry, if it is true as far as is heard of changes; fresh or not. */
  @Nullable Entry<V> find(CacheKey key) {
    if (kind == Kind.ROWS && !changes.heard()) {
      return null;
    }
    Entry<V> entry = entries.getIfPresent(key);
    if (entry == null || isTrue(entry)) {
      return entry;
    }
    counts.outdated.increment();
    entries.asMap().remove(key, entry);
    return null;
  }

  /** The entry, if nothing that is known here contradicts it, while changes may go unheard. */
  @Nullable Entry<V> findUnheard(CacheKey key) {
    Entry<V> entry = entries.getIfPresent(key);
    return entry != null && isTrue(entry) ? entry : null;
  }

  /** Whether nothing that it was made of has changed since. */
  boolean isTrue(Entry<V> entry) {
    return changes.nothingSince(entry.since(), entry.tags())
        || (entry.asOf() > 0
            && kind == Kind.ROWS
            && changes.includedBefore(entry.asOf(), entry.tags()));
  }

  void put(CacheKey key, Entry<V> entry) {
    entries.put(key, entry);
  }

  /** Forgets what has the tag; how many entries that were. */
  long remove(String tag) {
    return entries.asMap().entrySet().stream()
        .filter(each -> each.getValue().tags().contains(tag))
        .filter(each -> entries.asMap().remove(each.getKey(), each.getValue()))
        .count();
  }

  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }

  /** Weight of all entries. */
  long bytes() {
    return eviction().weightedSize().orElse(0);
  }

  /** Weight that they may have. */
  long maxBytes() {
    return eviction().getMaximum();
  }

  /** Lets entries weigh so much; what is too much goes. */
  void resize(long maxBytes) {
    eviction().setMaximum(maxBytes);
  }

  private Policy.Eviction<CacheKey, Entry<V>> eviction() {
    return entries.policy().eviction().orElseThrow();
  }
}
