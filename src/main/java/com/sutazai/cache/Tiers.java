package com.sutazai.cache;

import com.sutazai.cache.CacheStatistics.TierStatistics;
import com.sutazai.cache.Cached.Source;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The tiers below memory, the quickest first. */
@ApplicationScoped
class Tiers {
  /** Milliseconds by which clocks of processes that share a tier may differ. */
  static final long MOST_CLOCK_SKEW = 60_000;

  private final DatabaseTier database;
  private final List<Tier> forAnswers;

  Tiers(DatabaseTier database) {
    this.database = database;
    forAnswers = database.isOn() ? List.of(database) : List.of();
  }

  /** Those that a region of the kind uses: what is read with one statement is in no table. */
  List<Tier> of(Region.Kind kind) {
    return kind == Region.Kind.ANSWERS ? forAnswers : List.of();
  }

  List<Tier> all() {
    return forAnswers;
  }

  List<TierStatistics> statistics() {
    return forAnswers.stream().map(tier -> database(database.size())).toList();
  }

  private static TierStatistics database(DatabaseTier.Size size) {
    return new TierStatistics("database", "up", size.entries(), size.bytes(), null);
  }

  Source source(Tier tier) {
    return tier instanceof DatabaseTier ? Source.DATABASE : Source.REDIS;
  }

  /** What an entry is called there. */
  String name(String region, String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return region + ':' + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
