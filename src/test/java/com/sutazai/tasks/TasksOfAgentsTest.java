package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.pgclient.PgException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Agents that tasks name are there, and forgotten when they go. */
@QuarkusTest
class TasksOfAgentsTest {
  private static final Statement AGENT =
      Statement.of(
          "test.agent",
          "INSERT INTO agents (id, owner_id, name, type, created_at, updated_at) VALUES ($1, $2, gen_random_uuid()::text, 'test', now(), now())");

  private static final Statement TASK =
      Statement.of(
          "test.task",
          """
      INSERT INTO tasks (id, owner_id, type, payload, agent_id, agent_required, created_at, run_at)
      VALUES ($1, $2, 'agents-test', '{}', $3, true, now(), now())
      """);

  private static final Statement AGENT_OF =
      Statement.of("test.agent_of", "SELECT agent_id FROM tasks WHERE id = $1");

  private final Database database;
  private final UUID agent = UUID.randomUUID();
  private final UUID task = UUID.randomUUID();

  TasksOfAgentsTest(Database database) {
    this.database = database;
  }

  @AfterEach
  void leaveNothing() {
    database.update(Statement.of("test.no_task", "DELETE FROM tasks WHERE id = $1"), task);
    database.update(Statement.of("test.no_agent", "DELETE FROM agents WHERE id = $1"), agent);
  }

  @Test
  void a_task_cannot_require_an_agent_that_is_not_there() {
    // When, then
    assertThatThrownBy(() -> database.update(TASK, task, Caller.LOCAL_OWNER, agent))
        .satisfies(TasksOfAgentsTest::wasRefusedByTheDatabase);
  }

  @Test
  void a_task_cannot_be_given_to_an_agent_that_is_not_there() {
    // Given
    database.update(AGENT, agent, Caller.LOCAL_OWNER);
    database.update(TASK, task, Caller.LOCAL_OWNER, agent);

    // When, then
    assertThatThrownBy(
            () ->
                database.update(
                    Statement.of(
                        "test.give", "UPDATE tasks SET agent_id = gen_random_uuid() WHERE id = $1"),
                    task))
        .satisfies(TasksOfAgentsTest::wasRefusedByTheDatabase);
  }

  private static void wasRefusedByTheDatabase(Throwable refused) {
    assertThat(refused)
        .asInstanceOf(type(ProblemException.class))
        .extracting(ProblemException::code)
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(refused.getCause())
        .asInstanceOf(type(PgException.class))
        .extracting(PgException::getSqlState)
        .isEqualTo("23503");
  }

  @Test
  void an_agent_that_goes_is_forgotten() {
    // Given
    database.update(AGENT, agent, Caller.LOCAL_OWNER);
    database.update(TASK, task, Caller.LOCAL_OWNER, agent);

    // When
    database.update(Statement.of("test.go", "DELETE FROM agents WHERE id = $1"), agent);

    // Then
    assertThat(database.query(AGENT_OF, task).getFirst().getUUID("agent_id")).isNull();
  }
}
