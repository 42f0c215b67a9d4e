package com.sutazai.cache;

import com.sutazai.cache.Cached.Source;
import com.sutazai.cache.Region.Kind;
import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What a region has in the tiers below memory. Nothing that is read there is believed: an entry
 * must be whole, be the one that was asked for, and be true.
 */
final class Below<V> {
  /** Entries that wait to be written at once. */
  private static final int MOST_WRITES = 256;

  private final Kind kind;
  private final RegionSettings settings;
  private final Codec<V> codec;
  private final Changes changes;
  private final Supplier<Tiers> tiers;
  private final InstantSource clock;
  private final RegionCounts counts;
  private final Semaphore writes = new Semaphore(MOST_WRITES);

  Below(
      Kind kind,
      RegionSettings settings,
      Codec<V> codec,
      Changes changes,
      Supplier<Tiers> tiers,
      InstantSource clock,
      RegionCounts counts) {
    this.kind = kind;
    this.settings = settings;
    this.codec = codec;
    this.changes = changes;
    this.tiers = tiers;
    this.clock = clock;
    this.counts = counts;
  }

  /** An entry, and the tier that had it. */
  record Found<V>(Entry<V> entry, Source source) {}

  /**
   * Up to which transaction all is visible to what is loaded from now on, where that has to be
   * known; else 0.
   */
  long asOf() {
    if (tiers.get().of(kind).isEmpty() || (kind == Kind.ROWS && !changes.shared())) {
      return 0;
    }
    try {
      return changes.visibleBelow();
    } catch (ProblemException unavailable) {
      return 0;
    }
  }

  /** The entry in the first tier that has it; the tiers above that get it too. */
  Optional<Found<V>> find(CacheKey key) {
    List<Tier> below = tiers.get().of(kind);
    if (below.isEmpty() || (kind == Kind.ROWS && !changes.heard())) {
      return Optional.empty();
    }
    String text = text(key);
    for (int i = 0; i < below.size(); i++) {
      long since = changes.count();
      Optional<Envelope> read = read(below.get(i), text);
      Optional<Entry<V>> entry = read.flatMap(each -> entry(key, each, since));
      if (entry.isPresent()) {
        write(below.subList(0, i), key, entry.get(), read.get().value(), Lease.NONE);
        return Optional.of(new Found<>(entry.get(), tiers.get().source(below.get(i))));
      }
    }
    return Optional.empty();
  }

  /** Writes the entry to all of them, after the caller was answered; the lease ends with that. */
  void write(CacheKey key, Entry<V> entry, byte[] written, Lease lease) {
    List<Tier> below = entry.asOf() > 0 ? tiers.get().of(kind) : List.of();
    write(below, key, entry, written, lease);
  }

  private void write(List<Tier> below, CacheKey key, Entry<V> entry, byte[] written, Lease lease) {
    if (below.isEmpty()) {
      lease.written(false);
      return;
    }
    if (!writes.tryAcquire()) {
      counts.unwritten.increment();
      lease.written(false);
      return;
    }
    Thread.ofVirtual()
        .name("write-" + settings.name())
        .start(
            () -> {
              boolean there = false;
              try {
                String text = text(key);
                byte[] bytes = envelope(text, entry, written).bytes();
                for (Tier tier : below) {
                  there |= put(tier, text, bytes, entry);
                }
              } finally {
                writes.release();
                lease.written(there);
              }
            });
  }

  private static Envelope envelope(String text, Entry<?> entry, byte[] written) {
    return new Envelope(
        text, entry.tags(), entry.asOf(), entry.loadedAt(), entry.freshUntil(), written);
  }

  /** Whether it is there now. */
  private boolean put(Tier tier, String text, byte[] bytes, Entry<V> entry) {
    long left = entry.freshUntil() - clock.millis();
    if (left <= 0) {
      return false;
    }
    try {
      tier.put(Tiers.name(settings.name(), text), bytes, entry.tags(), Duration.ofMillis(left));
      return true;
    } catch (Tier.TierException e) {
      counts.unwritten.increment();
      return false;
    }
  }

  private Optional<Envelope> read(Tier tier, String text) {
    try {
      byte[] bytes = tier.get(Tiers.name(settings.name(), text));
      if (bytes == null) {
        return Optional.empty();
      }
      Envelope read = Envelope.read(bytes);
      if (!read.key().equals(text)) {
        throw new IOException("The entry is another one's");
      }
      return Optional.of(read);
    } catch (IOException e) {
      counts.unreadable.increment();
      return Optional.empty();
    } catch (Tier.TierException e) {
      return Optional.empty();
    }
  }

  private Optional<Entry<V>> entry(CacheKey key, Envelope read, long since) {
    long now = clock.millis();
    if (read.freshUntil() < now || read.loadedAt() > now + Tiers.MOST_CLOCK_SKEW) {
      return Optional.empty();
    }
    if (!isTrue(read)) {
      counts.outdated.increment();
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Entry<>(
              codec.decode(read.value()),
              Set.copyOf(read.tags()),
              since,
              read.asOf(),
              read.loadedAt(),
              read.freshUntil(),
              Entry.weight(key, read.tags(), read.value())));
    } catch (IOException e) {
      counts.unreadable.increment();
      return Optional.empty();
    }
  }

  private boolean isTrue(Envelope read) {
    return kind == Kind.ROWS
        ? changes.includedBefore(read.asOf(), read.tags())
        : changes.notChangedAfter(read.asOf(), read.tags());
  }

  /** What the entry is called in other tiers. */
  String name(CacheKey key) {
    return Tiers.name(settings.name(), text(key));
  }

  /** What the entry's name in other tiers is made of, and what the entry repeats. */
  private String text(CacheKey key) {
    return settings.name() + '/' + codec.version() + '/' + key.owner() + '/' + key.text();
  }
}
