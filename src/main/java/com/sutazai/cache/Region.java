package com.sutazai.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.sutazai.cache.Cached.Source;
import com.sutazai.cache.Flight.Outcome;
import com.sutazai.cache.Loader.Loaded;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values of one kind, in all tiers that the kind uses: memory first, what was found below it is
 * kept above too. One load at a time for each key.
 */
public final class Region<V> {
  /** A hit refreshes an entry that has less than this share of its time left. */
  private static final double EARLY = 0.1;

  /** Entries that wait to be written to other tiers at once. */
  private static final int MOST_WRITES = 256;

  private static final int MOST_JOINS = 3;

  private final Kind kind;
  private final RegionSettings settings;
  private final Codec<V> codec;
  private final Changes changes;
  private final Supplier<Tiers> tiers;
  private final InstantSource clock;
  private final Cache<CacheKey, Entry<V>> memory;
  private final ConcurrentHashMap<CacheKey, Flight<V>> flights = new ConcurrentHashMap<>();
  private final Semaphore writes = new Semaphore(MOST_WRITES);
  private final RegionCounts counts = new RegionCounts();

  /** What values of a region are made of. */
  public enum Kind {
    /** Rows of the database: an entry is true until one of its tags changes. */
    ROWS,

    /** What the key says and nothing else: an entry stays true, and is worth a table. */
    ANSWERS
  }

  Region(
      Kind kind,
      RegionSettings settings,
      Codec<V> codec,
      Changes changes,
      Supplier<Tiers> tiers,
      InstantSource clock) {
    this.kind = kind;
    this.settings = settings;
    this.codec = codec;
    this.changes = changes;
    this.tiers = tiers;
    this.clock = clock;
    memory =
        Caffeine.newBuilder()
            .maximumWeight(settings.maxBytes())
            .weigher((CacheKey key, Entry<V> entry) -> entry.weight())
            .expireAfterWrite(settings.ttl().plus(settings.staleIfError()))
            .evictionListener(
                (@Nullable CacheKey key, @Nullable Entry<V> entry, RemovalCause cause) -> {
                  if (cause == RemovalCause.SIZE) {
                    counts.evictions.increment();
                  }
                })
            .executor(Runnable::run)
            .build();
  }

  /** What was known when a load began. */
  public record Start(long since, long asOf) {}

  /** The entry in memory, if it is there, fresh and true; asks nobody and never waits. */
  public Optional<Cached<V>> peek(CacheKey key) {
    Entry<V> entry = inMemory(key);
    long now = clock.millis();
    if (entry == null || entry.freshUntil() < now) {
      return Optional.empty();
    }
    counts.hit(Source.MEMORY);
    return Optional.of(cached(entry, Source.MEMORY, now));
  }

  /** The entry in the first tier that has it, fresh and true; may wait for each tier's limit. */
  public Optional<Cached<V>> find(CacheKey key) {
    Optional<Cached<V>> near = peek(key);
    return near.isPresent() ? near : below(key);
  }

  /**
   * The value: kept, or loaded now. Who asks for the same key at the same time waits for the same
   * load. When it fails because the database is away, an entry past its time is answered, for as
   * long as {@code sutazai.cache.stale-if-error} says.
   */
  public Optional<Cached<V>> get(CacheKey key, Loader<V> loader) throws InterruptedException {
    for (int i = 0; i < MOST_JOINS; i++) {
      Optional<Cached<V>> found = find(key);
      if (found.isPresent()) {
        refreshEarly(key, found.get(), loader);
        return found;
      }
      var mine = new Flight<V>(begin());
      Flight<V> other = flights.putIfAbsent(key, mine);
      if (other == null) {
        return lead(key, mine, loader);
      }
      switch (other.await()) {
        case Outcome.Found<V>(Entry<V> entry) when isTrue(entry) -> {
          counts.collapsed.increment();
          return Optional.of(cached(entry, Source.COLLAPSED, clock.millis()));
        }
        case Outcome.Nothing<V> nothing when other.start().since() == mine.start().since() -> {
          counts.collapsed.increment();
          return Optional.empty();
        }
        case Outcome.Found<V> outdated -> {}
        case Outcome.Nothing<V> outdated -> {}
        case Outcome.Abandoned<V> abandoned -> {}
      }
    }
    return lead(key, new Flight<>(begin()), loader);
  }

  /** Loads anew, for a reader who wants nothing that was kept. */
  public Optional<Cached<V>> reload(CacheKey key, Loader<V> loader) throws InterruptedException {
    return lead(key, new Flight<>(begin()), loader);
  }

  private Optional<Cached<V>> lead(CacheKey key, Flight<V> flight, Loader<V> loader)
      throws InterruptedException {
    counts.misses.increment();
    try {
      Optional<Entry<V>> entry = load(key, flight.start(), loader);
      flight.end(entry);
      return entry.map(each -> cached(each, Source.LOADED, clock.millis()));
    } catch (RuntimeException failure) {
      flight.fail(failure);
      throw failure;
    } finally {
      flight.abandon();
      flights.remove(key, flight);
    }
  }

  private Optional<Entry<V>> load(CacheKey key, Start begun, Loader<V> loader)
      throws InterruptedException {
    long start = System.nanoTime();
    try {
      Loaded<V> loaded = loader.load();
      counts.loadNanos.add(System.nanoTime() - start);
      counts.loads.increment();
      return Optional.ofNullable(loaded)
          .map(each -> store(key, begun, each.value(), each.tags(), settings.ttl()));
    } catch (ProblemException failure) {
      counts.loadFailures.increment();
      return Optional.of(staleInstead(key, failure));
    }
  }

  private Entry<V> staleInstead(CacheKey key, ProblemException failure) {
    Entry<V> kept = memory.getIfPresent(key);
    if (kept == null || failure.code() != ErrorCode.DATABASE_UNAVAILABLE || !mayBeStale(kept)) {
      throw failure;
    }
    counts.stale.increment();
    return kept;
  }

  private boolean mayBeStale(Entry<V> entry) {
    return isTrue(entry)
        && clock.millis() - entry.freshUntil() < settings.staleIfError().toMillis();
  }

  /** Loads anew in the background, unless that is being done. */
  public void refresh(CacheKey key, Loader<V> loader) {
    var mine = new Flight<V>(begin());
    if (flights.putIfAbsent(key, mine) == null) {
      Thread.ofVirtual().name("refresh-" + settings.name()).start(() -> refresh(key, mine, loader));
    }
  }

  private void refreshEarly(CacheKey key, Cached<V> found, Loader<V> loader) {
    if (kind == Kind.ROWS
        && found.ttl().toMillis() < EARLY * settings.ttl().toMillis()
        && !flights.containsKey(key)) {
      refresh(key, loader);
    }
  }

  private void refresh(CacheKey key, Flight<V> flight, Loader<V> loader) {
    try {
      lead(key, flight, loader);
    } catch (InterruptedException | RuntimeException e) {
      // the entry is answered until its end, and loaded then
    }
  }

  /** To be taken before a load; {@link #put} keeps only what nothing changed since. */
  public Start begin() {
    long since = changes.count();
    boolean goesBelow =
        !tiers.get().of(kind).isEmpty() && (kind == Kind.ANSWERS || changes.shared());
    return new Start(since, goesBelow ? visibleBelow() : 0);
  }

  private long visibleBelow() {
    try {
      return changes.visibleBelow();
    } catch (ProblemException unavailable) {
      return 0;
    }
  }

  /** Keeps a value, in memory at once, in the other tiers a moment later. */
  public void put(CacheKey key, Start start, V value, Set<String> tags) {
    store(key, start, value, tags, settings.ttl());
  }

  /** The same for a value that is fresh for a shorter time than others of the region. */
  public void put(CacheKey key, Start start, V value, Set<String> tags, Duration ttl) {
    store(key, start, value, tags, ttl.compareTo(settings.ttl()) < 0 ? ttl : settings.ttl());
  }

  /** Counts a request for which the caller loads by itself what it then puts here. */
  public void missed() {
    counts.misses.increment();
  }

  /** The entry in memory that such a caller put there for another request at the same time. */
  public Optional<Cached<V>> collapsed(CacheKey key) {
    Entry<V> entry = inMemory(key);
    long now = clock.millis();
    if (entry == null || entry.freshUntil() < now) {
      return Optional.empty();
    }
    counts.collapsed.increment();
    return Optional.of(cached(entry, Source.COLLAPSED, now));
  }

  private Entry<V> store(CacheKey key, Start start, V value, Set<String> tags, Duration ttl) {
    byte[] written = codec.encode(value);
    long now = clock.millis();
    var entry =
        new Entry<>(
            value,
            Set.copyOf(tags),
            start.since(),
            start.asOf(),
            now,
            now + ttl.toMillis(),
            Entry.weight(key, tags, written));
    memory.put(key, entry);
    if (entry.asOf() > 0 && isTrue(entry)) {
      write(tiers.get().of(kind), key, entry, written);
    }
    return entry;
  }

  /** Writes it to these tiers, after the caller was answered. */
  private void write(List<Tier> below, CacheKey key, Entry<V> entry, byte[] written) {
    if (below.isEmpty()) {
      return;
    }
    if (!writes.tryAcquire()) {
      counts.unwritten.increment();
      return;
    }
    Thread.ofVirtual()
        .name("write-" + settings.name())
        .start(
            () -> {
              try {
                String text = text(key);
                byte[] bytes = envelope(text, entry, written).bytes();
                below.forEach(tier -> put(tier, text, bytes, entry));
              } finally {
                writes.release();
              }
            });
  }

  private static Envelope envelope(String text, Entry<?> entry, byte[] written) {
    return new Envelope(
        text, entry.tags(), entry.asOf(), entry.loadedAt(), entry.freshUntil(), written);
  }

  private void put(Tier tier, String text, byte[] bytes, Entry<V> entry) {
    long left = entry.freshUntil() - clock.millis();
    try {
      if (left > 0) {
        tier.put(Tiers.name(settings.name(), text), bytes, entry.tags(), Duration.ofMillis(left));
      }
    } catch (Tier.TierException e) {
      counts.unwritten.increment();
    }
  }

  private Optional<Cached<V>> below(CacheKey key) {
    List<Tier> below = tiers.get().of(kind);
    if (below.isEmpty() || (kind == Kind.ROWS && !changes.heard())) {
      return Optional.empty();
    }
    String text = text(key);
    for (int i = 0; i < below.size(); i++) {
      long since = changes.count();
      Optional<Envelope> read = read(below.get(i), text);
      if (read.isPresent()) {
        Optional<Entry<V>> entry = entry(key, read.get(), since);
        if (entry.isPresent()) {
          memory.put(key, entry.get());
          write(below.subList(0, i), key, entry.get(), read.get().value());
          Source source = tiers.get().source(below.get(i));
          counts.hit(source);
          return entry.map(each -> cached(each, source, clock.millis()));
        }
      }
    }
    return Optional.empty();
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

  private @Nullable Entry<V> inMemory(CacheKey key) {
    if (kind == Kind.ROWS && !changes.heard()) {
      return null;
    }
    Entry<V> entry = memory.getIfPresent(key);
    if (entry == null) {
      return null;
    }
    if (!isTrue(entry)) {
      counts.outdated.increment();
      memory.asMap().remove(key, entry);
      return null;
    }
    return entry;
  }

  private boolean isTrue(Entry<V> entry) {
    return changes.nothingSince(entry.since(), entry.tags())
        || (entry.asOf() > 0
            && kind == Kind.ROWS
            && changes.includedBefore(entry.asOf(), entry.tags()));
  }

  private static <V> Cached<V> cached(Entry<V> entry, Source source, long now) {
    return new Cached<>(
        entry.value(),
        source,
        Duration.ofMillis(Math.max(0, now - entry.loadedAt())),
        Duration.ofMillis(entry.freshUntil() - now));
  }

  /** What the entry's name in other tiers is made of, and what the entry repeats. */
  private String text(CacheKey key) {
    return settings.name() + '/' + codec.version() + '/' + key.owner() + '/' + key.text();
  }

  /** Forgets what has the tag, in memory; how many entries that were. */
  long remove(String tag) {
    return memory.asMap().entrySet().stream()
        .filter(each -> each.getValue().tags().contains(tag))
        .filter(each -> memory.asMap().remove(each.getKey(), each.getValue()))
        .count();
  }

  RegionSettings settings() {
    return settings;
  }

  Kind kind() {
    return kind;
  }

  RegionCounts counts() {
    return counts;
  }

  /** Callers that wait for what another one loads. */
  int waiting() {
    return flights.values().stream().mapToInt(Flight::waiting).sum();
  }

  long entries() {
    memory.cleanUp();
    return memory.estimatedSize();
  }

  long bytes() {
    return memory.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
