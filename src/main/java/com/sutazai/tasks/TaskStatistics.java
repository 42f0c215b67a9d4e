package com.sutazai.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller's unfinished tasks.
 *
 * @param countedAt when they were counted
 * @param types those that have unfinished tasks
 */
@RegisterForReflection
record TaskStatistics(Instant countedAt, List<OfType> types) {
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
  record OfType(
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
