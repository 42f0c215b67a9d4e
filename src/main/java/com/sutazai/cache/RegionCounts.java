package com.sutazai.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What happened in a region since the start. */
final class RegionCounts {
  /** Requests that were answered by an entry, by where it was. */
  final Map<Cached.Source, LongAdder> hits = new EnumMap<>(Cached.Source.class);

  /** Requests for which something was loaded. */
  final LongAdder misses = new LongAdder();

  /** Requests that used what was being loaded for another. */
  final LongAdder collapsed = new LongAdder();

  /** Requests that waited for what another process was loading; hits as well when it came. */
  final LongAdder awaited = new LongAdder();

  /** Loads that ended well. */
  final LongAdder loads = new LongAdder();

  final LongAdder loadNanos = new LongAdder();

  final LongAdder loadFailures = new LongAdder();

  /** Requests that were answered by an entry past its time. */
  final LongAdder stale = new LongAdder();

  /** Entries that had to go because the region was full. */
  final LongAdder evictions = new LongAdder();

  /** Entries that were found and not answered because what they were made of has changed. */
  final LongAdder outdated = new LongAdder();

  /** Entries of another tier that were cut, changed or in another form. */
  final LongAdder unreadable = new LongAdder();

  /** Entries that were not written to another tier because too many waited for that. */
  final LongAdder unwritten = new LongAdder();

  RegionCounts() {
    for (Cached.Source source : Cached.Source.values()) {
      if (source.isHit()) {
        hits.put(source, new LongAdder());
      }
    }
  }

  long allHits() {
    return hits.values().stream().mapToLong(LongAdder::sum).sum();
  }

  void hit(Cached.Source source) {
    Objects.requireNonNull(hits.get(source)).increment();
  }
}
