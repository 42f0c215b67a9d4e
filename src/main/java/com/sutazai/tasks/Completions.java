package com.sutazai.tasks;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.GroupCommit;
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
  private final GroupCommit<Completion, Boolean> commits =
      new GroupCommit<>(
          LANES,
          MOST_TOGETHER,
          MOST_BYTES_TOGETHER,
          done -> done.result().length(),
          this::complete);

  Completions(Database database, TaskRepository tasks) {
    this.database = database;
    this.tasks = tasks;
  }

  /** Returns after the commit; false when the lease was lost, and nothing was stored. */
  boolean store(Completion done) {
    return commits.store(done);
  }

  /** One statement is a transaction already, and two results of one task are rare. */
  private List<Boolean> complete(List<Completion> done) {
    boolean oneEach = done.stream().map(Completion::taskId).distinct().count() == done.size();
    Set<UUID> stored =
        oneEach
            ? tasks.complete(database, done)
            : database.transaction(sql -> tasks.complete(sql, done));
    return done.stream().map(each -> stored.contains(each.taskId())).toList();
  }
}
