package com.sutazai.inference.usage;

import com.sutazai.inference.usage.UsageRepository.Owner;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells callers what they used. What this process still has in memory is written before. */
@ApplicationScoped
class UsageReports {
  private static final int MOST_ITEMS = 10_000;
  private static final String ALL_OWNERS = "*";

  private final Database database;
  private final UsageRepository repository;
  private final UsageRecorder recorder;
  private final InstantSource clock;

  UsageReports(
      Database database, UsageRepository repository, UsageRecorder recorder, InstantSource clock) {
    this.database = database;
    this.repository = repository;
    this.recorder = recorder;
    this.clock = clock;
  }

  /**
   * The sums.
   *
   * @param owner {@code *} for all, else the one for whom the caller acts; null for the caller's
   *     own
   */
  UsageReport report(Caller caller, @Nullable String owner, UsageQuery query) {
    requireRight(caller, owner);
    recorder.flush();
    if (ALL_OWNERS.equals(owner)) {
      return report(ALL_OWNERS, query, repository.ofAll(database, query, MOST_ITEMS + 1));
    }
    var whose = new Owner(caller.owner(), caller.ownerName());
    return report(whose.name(), query, repository.ofOwner(database, whose, query, MOST_ITEMS + 1));
  }

  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private static void requireRight(Caller caller, @Nullable String owner) {
    if (owner == null) {
      return;
    }
    if (!caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "Only an admin may see the usage of other owners; leave owner out to see your own.");
    }
  }

  private static UsageReport report(String owner, UsageQuery query, List<UsageSum> items) {
    if (items.size() > MOST_ITEMS) {
      throw ProblemException.invalid(
          "group_by",
          "makes more than " + MOST_ITEMS + " items: leave something out, or ask for fewer days");
    }
    return new UsageReport(owner, query.from(), query.to(), items, UsageSum.total(items));
  }
}
