package com.sutazai.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.sql.Sql;
import com.sutazai.queue.Poller;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Tasks that the program leaves for itself, of types that callers cannot submit. They belong to the
 * owner {@code system}: no caller sees, cancels or retries them.
 */
@ApplicationScoped
public class OwnTasks {
  private static final Caller SYSTEM = new Caller(Caller.SYSTEM_OWNER, "system", true);
  private static final int MOST_RETRIES = 20;
  private static final int LONGEST_SECONDS = 86_400;

  private final TaskRepository repository;
  private final BuiltInAgents agents;
  private final Intake intake;
  private final Finished finished;
  private final Poller poller;

  OwnTasks(
      TaskRepository repository,
      BuiltInAgents agents,
      Intake intake,
      Finished finished,
      Poller poller) {
    this.repository = repository;
    this.agents = agents;
    this.intake = intake;
    this.finished = finished;
    this.poller = poller;
  }

  /**
   * A task to be left.
   *
   * @param priority 0 to 10, higher first
   * @param delay until it may begin
   */
  public record OwnTask(UUID id, String type, JsonNode payload, int priority, Duration delay) {}

  /** A task that was cancelled. */
  public record Cancelled(UUID id, String type, boolean running) {}

  /**
   * Stores the tasks in the transaction at hand; {@link #left} is to be called after its commit.
   *
   * @param now the database's time
   */
  public void leave(Sql sql, Instant now, List<OwnTask> tasks) {
    if (!tasks.isEmpty()) {
      repository.submit(sql, tasks.stream().map(task -> stored(task, now)).toList());
    }
  }

  /** Says that the tasks were committed. */
  public void left(List<OwnTask> tasks) {
    if (!tasks.isEmpty()) {
      intake.accepted(SYSTEM, tasks.stream().map(task -> stored(task, Instant.EPOCH)).toList());
      poller.wake();
    }
  }

  private NewTask stored(OwnTask task, Instant now) {
    Optional<BuiltInAgents.Desk> only = agents.only(task.type(), List.of());
    return new NewTask(
        task.id(),
        SYSTEM.owner(),
        SYSTEM.admin(),
        null,
        task.type(),
        only.map(BuiltInAgents.Desk::id).orElse(null),
        only.map(desk -> desk.agent().name()).orElse(null),
        false,
        task.priority(),
        MOST_RETRIES,
        LONGEST_SECONDS,
        List.of(),
        task.payload().toString(),
        now,
        now.plus(task.delay()),
        null,
        List.of(),
        null);
  }

  /**
   * Cancels those of the tasks that have not ended, in the transaction at hand; {@link #announce}
   * is to be called after its commit.
   */
  public List<Cancelled> cancel(Sql sql, List<UUID> ids) {
    return cancelled(repository.cancelAll(sql, SYSTEM.owner(), ids));
  }

  static List<Cancelled> cancelled(List<Row> rows) {
    return rows.stream()
        .map(
            row ->
                new Cancelled(row.getUUID("id"), row.getString("type"), row.getBoolean("running")))
        .toList();
  }

  /** Says that the tasks were cancelled: whoever works on one stops, here or elsewhere. */
  public void announce(List<Cancelled> cancelled) {
    for (Cancelled task : cancelled) {
      if (task.running()) {
        poller.interrupt(task.id());
      }
      finished.announce(task.id(), task.type(), "cancelled");
    }
  }
}
