package com.sutazai.queue;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Keeps the server's picture of the job table within a factor of ten of what is in it. Plans that
 * were made while it was empty walk through the whole of it, and the server itself looks once a
 * minute: an empty table can have a hundred thousand jobs by then.
 */
@ApplicationScoped
class JobStatistics {
  private static final int FACTOR = 10;

  /** So few are read through without harm. */
  private static final long FEW = 500;

  private static final Statement PICTURE =
      Statement.of(
          "jobs.pictured",
          """
      SELECT reltuples::bigint AS jobs
      FROM pg_class
      WHERE oid = 'jobs'::regclass
      """);

  private static final Statement ANALYZE = Statement.of("jobs.analyze", "ANALYZE jobs");

  private final Database database;

  JobStatistics(Database database) {
    this.database = database;
  }

  /** Looks whether the picture still fits, now that so many jobs were counted. */
  void counted(long jobs) {
    if (jobs > FEW && jobs > FACTOR * Math.max(FEW / FACTOR, pictured())) {
      database.update(ANALYZE);
    }
  }

  /** Negative when the table was never looked at. */
  private long pictured() {
    return database.query(PICTURE).getFirst().getLong("jobs");
  }
}
