package com.sutazai.cache;

import com.sutazai.cache.Cached.Source;
import com.sutazai.platform.id.Digests;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The tiers below memory, as far as they are there; the quicker one first. */
final class Tiers {
  /** Milliseconds by which clocks of processes that share a tier may differ. */
  static final long MOST_CLOCK_SKEW = 60_000;

  /** What is there before anything was opened. */
  static final Tiers NONE = new Tiers(Optional.empty(), Optional.empty());

  private final Optional<Tier> database;
  private final List<Tier> forRows;
  private final List<Tier> forAnswers;

  Tiers(Optional<? extends Tier> redis, Optional<? extends Tier> database) {
    this.database = database.map(Tier.class::cast);
    forRows = Stream.of(redis).<Tier>flatMap(Optional::stream).toList();
    forAnswers = Stream.of(redis, database).<Tier>flatMap(Optional::stream).toList();
  }

  /** Those that a region of the kind uses: what one statement reads needs no table of its own. */
  List<Tier> of(Region.Kind kind) {
    return kind == Region.Kind.ANSWERS ? forAnswers : forRows;
  }

  List<Tier> all() {
    return forAnswers;
  }

  /** Where processes agree on who loads a costly entry; the quicker place first. */
  List<LeaseKeeper> leases() {
    return forAnswers.stream().flatMap(tier -> tier.leases().stream()).toList();
  }

  Source source(Tier tier) {
    return database.filter(table -> table == tier).isPresent() ? Source.DATABASE : Source.REDIS;
  }

  /** What an entry is called there. */
  static String name(String region, String text) {
    return region + ':' + HexFormat.of().formatHex(Digests.sha256(text));
  }
}
