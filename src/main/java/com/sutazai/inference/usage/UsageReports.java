package com.sutazai.inference.usage;

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
   * @param owner {@code *} for those of all, which only an admin may see; with any other name or
   *     none, those of whom the caller acts for
   */
  UsageReport report(Caller caller, @Nullable String owner, UsageQuery query) {
    boolean ofAll = ALL_OWNERS.equals(owner);
    if (ofAll && !caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "Only an admin may see the usage of other owners; leave owner out to see your own.");
    }
    recorder.flush();
    if (ofAll) {
      return report(ALL_OWNERS, query, repository.ofAll(database, query, MOST_ITEMS + 1));
    }
    return report(
        caller.ownerName(), query, repository.ofOwner(database, caller, query, MOST_ITEMS + 1));
  }

  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
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
