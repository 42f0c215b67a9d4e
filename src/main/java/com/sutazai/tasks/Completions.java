package com.sutazai.tasks;

import com.sutazai.inference.usage.UsageRepository;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.GroupCommit;
import com.sutazai.platform.sql.Sql;
import com.sutazai.tasks.TaskRepository.Completion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Stores results of tasks, those that arrive together in one commit, and with them what they used
 * of models. A task pays once, for the result that it has: what a run used that lost its task is
 * not counted.
 */
@ApplicationScoped
class Completions {
  private static final int LANES = 2;
  private static final int MOST_TOGETHER = 200;
  private static final long MOST_BYTES_TOGETHER = 8 << 20;

  private final Database database;
  private final TaskRepository tasks;
  private final UsageRepository usage;
  private final GroupCommit<Completion, Boolean> commits =
      new GroupCommit<>(
          LANES,
          MOST_TOGETHER,
          MOST_BYTES_TOGETHER,
          done -> done.result().length(),
          this::complete);

  Completions(Database database, TaskRepository tasks, UsageRepository usage) {
    this.database = database;
    this.tasks = tasks;
    this.usage = usage;
  }

  /** Returns after the commit; false when the lease was lost, and nothing was stored. */
  boolean store(Completion done) {
    return commits.store(done);
  }

  /** One statement is a transaction already: most tasks use no model. */
  private List<Boolean> complete(List<Completion> done) {
    Set<UUID> stored =
        done.stream().allMatch(each -> each.usage().isEmpty())
            ? tasks.complete(database, done)
            : database.transaction(sql -> completeWithUsage(sql, done));
    return done.stream().map(each -> stored.contains(each.taskId())).toList();
  }

  private Set<UUID> completeWithUsage(Sql sql, List<Completion> done) {
    Set<UUID> stored = tasks.complete(sql, done);
    usage.add(
        sql,
        done.stream()
            .filter(each -> stored.contains(each.taskId()))
            .flatMap(each -> each.usage().stream())
            .toList());
    return stored;
  }
}
