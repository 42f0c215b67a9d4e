package com.sutazai.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
  private final ObjectMapper json;

  EndedTasks(Database database, TaskRepository repository, ObjectMapper json) {
    this.database = database;
    this.repository = repository;
    this.json = json;
  }

  @Override
  public Optional<String> json(UUID owner, UUID taskId) {
    return repository.find(database, owner, taskId).filter(Task::isFinished).map(this::text);
  }

  private String text(Task task) {
    try {
      return json.writeValueAsString(task);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
