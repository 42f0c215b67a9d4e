package com.sutazai.tasks;

import com.sutazai.platform.sql.Database;
import com.sutazai.tasks.callback.EndedTask;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/** Gives callbacks what they tell. */
@ApplicationScoped
class EndedTasks implements EndedTask {
  private final Database database;
  private final TaskRepository repository;
  private final Tasks tasks;

  EndedTasks(Database database, TaskRepository repository, Tasks tasks) {
    this.database = database;
    this.repository = repository;
    this.tasks = tasks;
  }

  @Override
  public Optional<String> json(UUID owner, UUID taskId) {
    return repository.find(database, owner, taskId).filter(Task::isFinished).map(tasks::text);
  }
}
