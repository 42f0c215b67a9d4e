package com.sutazai.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller's unfinished tasks, and how long its last ones took.
 *
 * @param countedAt when they were counted
 * @param types those that have unfinished tasks
 * @param begun what was measured on the newest tasks, at most 1,000, that were submitted within the
 *     last hour and have begun
 */
@RegisterForReflection
public record TaskStatistics(Instant countedAt, List<OfType> types, List<Begun> begun) {
  /**
   * Measured times of one type.
   *
   * @param samples tasks that were measured
   * @param queueMs from the moment a task could run to its last start
   * @param runMs from its last start to its end, of those that have ended; null when none has
   */
  @RegisterForReflection
  @JsonInclude
  public record Begun(String type, long samples, Times queueMs, @Nullable Times runMs) {
    static Begun from(Row row) {
      return new Begun(
          row.getString("type"),
          row.getLong("samples"),
          Times.from(row.getArrayOfDoubles("waits"), row.getDouble("mean_wait")),
          row.getDouble("mean_run") == null
              ? null
              : Times.from(row.getArrayOfDoubles("runs"), row.getDouble("mean_run")));
    }
  }

  /** Milliseconds, with quantiles between the nearest values. */
  @RegisterForReflection
  public record Times(double mean, double p50, double p95, double p99) {
    static Times from(Double[] quantiles, double mean) {
      return new Times(mean, quantiles[0], quantiles[1], quantiles[2]);
    }
  }

  /**
   * Tasks of one type.
   *
   * @param waiting could run now
   * @param later wait for their time, for a retry, or for other tasks
   * @param running in the hands of an agent or worker
   * @param limit waiting tasks of all callers at most
   * @param oldestWaitMs how long the oldest waiting one could have run; null when none waits
   */
  @RegisterForReflection
  @JsonInclude
  public record OfType(
      String type,
      long waiting,
      long later,
      long running,
      long limit,
      @Nullable Long oldestWaitMs) {
    static OfType from(Row row, long limit) {
      return new OfType(
          row.getString("type"),
          row.getLong("waiting"),
          row.getLong("later"),
          row.getLong("running"),
          limit,
          row.getLong("oldest_wait_ms"));
    }
  }
}
