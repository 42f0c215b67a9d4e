package com.sutazai.cache;

import com.sutazai.cache.Cached.Source;
import com.sutazai.cache.Flight.Outcome;
import com.sutazai.cache.Loader.Loaded;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * Values of one kind, in all tiers that the kind uses: memory first, what was found below it is
 * kept above too. One load at a time for each key.
 */
public final class Region<V> {
  /** A hit refreshes an entry that has less than this share of its time left. */
  private static final double EARLY = 0.1;

  private static final int MOST_JOINS = 3;

  private final Kind kind;
  private final RegionSettings settings;
  private final Codec<V> codec;
  private final Changes changes;
  private final Below<V> below;
  private final Leases<V> leases;
  private final InstantSource clock;
  private final Memory<V> memory;
  private final ConcurrentHashMap<CacheKey, Flight<V>> flights = new ConcurrentHashMap<>();
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
    this.clock = clock;
    below = new Below<>(kind, settings, codec, changes, tiers, clock, counts);
    leases = new Leases<>(settings.waiting(), changes, tiers, counts);
    memory = new Memory<>(kind, settings, changes, counts);
  }

  /** What was known when a load began. */
  public record Start(long since, long asOf) {}

  /** Whose turn it is to load a value that other processes may want too. */
  public sealed interface Turn<V> {
    /**
     * The caller's.
     *
     * @param lease to be closed when the load is over
     */
    record Ours<V>(Lease lease) implements Turn<V> {}

    /** Nobody's: another process has loaded it. */
    record Over<V>(Cached<V> kept) implements Turn<V> {}
  }

  /** The entry in memory, if it is there, fresh and true; asks nobody and never waits. */
  public Optional<Cached<V>> peek(CacheKey key) {
    Entry<V> entry = memory.find(key);
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
    return near.isPresent() ? near : below.find(key).map(found -> raised(key, found));
  }

  private Cached<V> raised(CacheKey key, Below.Found<V> found) {
    memory.put(key, found.entry());
    counts.hit(found.source());
    return cached(found.entry(), found.source(), clock.millis());
  }

  /**
   * The value: kept, or loaded now. Who asks for the same key at the same time waits for the same
   * load; just past an entry's end nobody waits, and it is loaded behind. When a load fails because
   * the database is away, an entry past its time is answered, for as long as {@code
   * sutazai.cache.stale-if-error} says.
   */
  public Optional<Cached<V>> get(CacheKey key, Loader<V> loader) throws InterruptedException {
    try {
      return keptOrLoaded(key, loader);
    } catch (ProblemException failure) {
      return staleInstead(key, failure);
    }
  }

  private Optional<Cached<V>> keptOrLoaded(CacheKey key, Loader<V> loader)
      throws InterruptedException {
    for (int i = 0; i < MOST_JOINS; i++) {
      Optional<Cached<V>> found = find(key);
      if (found.isPresent()) {
        refreshEarly(key, found.get(), loader);
        return found;
      }
      Optional<Cached<V>> late = late(key);
      if (late.isPresent()) {
        refresh(key, loader);
        return late;
      }
      var mine = new Flight<V>(begin());
      Flight<V> other = flights.putIfAbsent(key, mine);
      if (other == null) {
        return load(key, mine, loader);
      }
      switch (other.await()) {
        case Outcome.Found<V>(Entry<V> entry) when memory.isTrue(entry) -> {
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
    return reload(key, loader);
  }

  /**
   * The entry in memory that is past its end by no more than the region's {@code
   * stale-while-revalidate}, and true: for a caller who knows that a newer one is being loaded, and
   * found no fresh one in any tier.
   */
  public Optional<Cached<V>> late(CacheKey key) {
    Entry<V> entry = settings.stale().whileRevalidate().isPositive() ? memory.find(key) : null;
    long now = clock.millis();
    if (entry == null
        || now - entry.freshUntil() >= settings.stale().whileRevalidate().toMillis()) {
      return Optional.empty();
    }
    counts.hit(Source.MEMORY);
    if (now > entry.freshUntil()) {
      counts.stale.increment();
    }
    return Optional.of(cached(entry, Source.MEMORY, now));
  }

  /** Loads anew, for a reader who wants nothing that was kept. */
  public Optional<Cached<V>> reload(CacheKey key, Loader<V> loader) throws InterruptedException {
    return load(key, new Flight<>(begin()), loader);
  }

  /** The same; while the database is away what is kept, past its time or not. */
  public Optional<Cached<V>> reloadIfPossible(CacheKey key, Loader<V> loader)
      throws InterruptedException {
    try {
      return reload(key, loader);
    } catch (ProblemException failure) {
      return staleInstead(key, failure);
    }
  }

  private Optional<Cached<V>> staleInstead(CacheKey key, ProblemException failure) {
    Entry<V> kept = memory.findUnheard(key);
    if (kept == null || failure.code() != ErrorCode.DATABASE_UNAVAILABLE || !mayBeStale(kept)) {
      throw failure;
    }
    counts.stale.increment();
    return Optional.of(cached(kept, Source.MEMORY, clock.millis()));
  }

  private boolean mayBeStale(Entry<V> entry) {
    return clock.millis() - entry.freshUntil() < settings.stale().ifError().toMillis();
  }

  private Optional<Cached<V>> load(CacheKey key, Flight<V> flight, Loader<V> loader)
      throws InterruptedException {
    counts.misses.increment();
    try {
      Optional<Entry<V>> entry = loaded(key, flight.start(), loader);
      flight.end(entry);
      return entry.map(each -> cached(each, Source.LOADED, clock.millis()));
    } catch (RuntimeException failure) {
      counts.loadFailures.increment();
      if (!Thread.currentThread().isInterrupted()) { // else the failure is this caller's alone
        flight.fail(failure);
      }
      throw failure;
    } finally {
      flight.abandon();
      flights.remove(key, flight);
    }
  }

  private Optional<Entry<V>> loaded(CacheKey key, Start begun, Loader<V> loader)
      throws InterruptedException {
    long start = System.nanoTime();
    Loaded<V> loaded = loader.load();
    counts.loadNanos.add(System.nanoTime() - start);
    counts.loads.increment();
    return Optional.ofNullable(loaded)
        .map(each -> store(key, begun, each, settings.ttl(), Lease.NONE));
  }

  /** Loads anew in the background, unless that is being done. */
  public void refresh(CacheKey key, Loader<V> loader) {
    if (!flights.containsKey(key)) {
      Thread.ofVirtual().name("refresh-" + settings.name()).start(() -> refreshNow(key, loader));
    }
  }

  private void refreshNow(CacheKey key, Loader<V> loader) {
    try {
      var mine = new Flight<V>(begin());
      if (flights.putIfAbsent(key, mine) == null) {
        load(key, mine, loader);
      }
    } catch (InterruptedException | RuntimeException e) {
      // the entry is answered until its end, and loaded then
    }
  }

  private void refreshEarly(CacheKey key, Cached<V> found, Loader<V> loader) {
    if (kind == Kind.ROWS && found.ttl().toMillis() < EARLY * settings.ttl().toMillis()) {
      refresh(key, loader);
    }
  }

  /**
   * Takes the turn to load what {@link #find} did not find. Where another process has it, waits for
   * what that one keeps.
   *
   * @param most how long to wait at most; then the caller loads too
   * @param hurry who counts it down does not want to wait any longer
   */
  public Turn<V> turn(CacheKey key, Duration most, CountDownLatch hurry)
      throws InterruptedException {
    return leases.turn(below.name(key), most, hurry, () -> find(key));
  }

  /** To be taken before a load; {@link #put} keeps only what nothing changed since. */
  public Start begin() {
    long since = changes.count();
    return new Start(since, below.asOf());
  }

  /** Keeps a value, in memory at once, in the other tiers a moment later. */
  public void put(CacheKey key, Start start, V value, Set<String> tags) {
    store(key, start, new Loaded<>(value, tags), settings.ttl(), Lease.NONE);
  }

  /** The same for a value that others may wait for: they find it, and the lease ends. */
  public void put(CacheKey key, Start start, V value, Set<String> tags, Lease lease) {
    store(key, start, new Loaded<>(value, tags), settings.ttl(), lease);
  }

  /** The same for a value that is fresh for a shorter time than others of the region. */
  public void put(CacheKey key, Start start, V value, Set<String> tags, Duration ttl) {
    Duration shorter = ttl.compareTo(settings.ttl()) < 0 ? ttl : settings.ttl();
    store(key, start, new Loaded<>(value, tags), shorter, Lease.NONE);
  }

  /** Counts a request for which the caller loads by itself what it then puts here. */
  public void missed() {
    counts.misses.increment();
  }

  /** The entry in memory that such a caller put there for another request at the same time. */
  public Optional<Cached<V>> collapsed(CacheKey key) {
    Entry<V> entry = memory.find(key);
    long now = clock.millis();
    if (entry == null || entry.freshUntil() < now) {
      return Optional.empty();
    }
    counts.collapsed.increment();
    return Optional.of(cached(entry, Source.COLLAPSED, now));
  }

  private Entry<V> store(CacheKey key, Start start, Loaded<V> loaded, Duration ttl, Lease lease) {
    byte[] written = codec.encode(loaded.value());
    long now = clock.millis();
    var entry =
        new Entry<>(
            loaded.value(),
            Set.copyOf(loaded.tags()),
            start.since(),
            start.asOf(),
            now,
            now + ttl.toMillis(),
            Entry.weight(key, loaded.tags(), written));
    memory.put(key, entry);
    if (memory.isTrue(entry)) {
      lease.keeping();
      below.write(key, entry, written, lease);
    }
    return entry;
  }

  private static <V> Cached<V> cached(Entry<V> entry, Source source, long now) {
    return new Cached<>(
        entry.value(),
        source,
        Duration.ofMillis(Math.max(0, now - entry.loadedAt())),
        Duration.ofMillis(entry.freshUntil() - now));
  }

  /** Forgets what has the tag, in memory; how many entries that were. */
  long remove(String tag) {
    return memory.remove(tag);
  }

  RegionSettings settings() {
    return settings;
  }

  RegionCounts counts() {
    return counts;
  }

  /** Callers that wait for what another one loads. */
  int waiting() {
    return flights.values().stream().mapToInt(Flight::waiting).sum();
  }

  long entries() {
    return memory.size();
  }

  /** Weight of entries that memory may have. */
  long maxBytes() {
    return memory.maxBytes();
  }

  /** Lets entries weigh so much; what is too much goes. */
  void resize(long maxBytes) {
    memory.resize(maxBytes);
  }

  long bytes() {
    return memory.bytes();
  }
}
