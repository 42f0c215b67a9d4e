package com.sutazai.tasks.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An owner's unfinished workflows, of which one more may be left. */
@QuarkusTest
class WorkflowBoundTest {
  private static final Statement FILL =
      Statement.of(
          "test.fill_workflows",
          """
      WITH added AS (INSERT INTO owners (id, name) VALUES ($1::uuid, $1::uuid::text)),
      idle AS (
        INSERT INTO agents (id, owner_id, name, type, max_running, last_seen, created_at, updated_at)
        VALUES (gen_random_uuid(), $1::uuid, 'idle', 'left-undone', 1, now(), now(), now()))
      INSERT INTO workflows (id, owner_id, name, max_parallel, on_failure, input)
      SELECT gen_random_uuid(), $1::uuid, 'filler', 1, 'fail', '{}' FROM generate_series(1, $2::int)
      """);

  private static final Statement EMPTY =
      Statement.of(
          "test.empty_workflows", "DELETE FROM workflows WHERE owner_id = $1 AND name = 'filler'");

  private final Workflows workflows;
  private final Database database;
  private final WorkflowsConfig config;
  private final Caller caller = new Caller(UUID.randomUUID(), "many", false);

  WorkflowBoundTest(Workflows workflows, Database database, WorkflowsConfig config) {
    this.workflows = workflows;
    this.database = database;
    this.config = config;
  }

  @BeforeEach
  void fill() {
    database.update(FILL, caller.owner(), config.maxOpen() - 1);
  }

  @AfterEach
  void empty() {
    database.update(EMPTY, caller.owner());
    workflows
        .list(caller, null, null, 10)
        .items()
        .forEach(workflow -> workflows.cancel(caller, workflow.id()));
  }

  private static SubmitWorkflow one() {
    var step =
        new SubmitWorkflow.Step(
            "a", "left-undone", null, null, null, null, null, null, null, null, null);
    return new SubmitWorkflow("one more", null, null, null, null, Collections.singletonList(step));
  }

  private boolean isTaken() {
    while (true) {
      try {
        workflows.submit(caller, one(), null);
        return true;
      } catch (ProblemException refused) {
        if (refused.code() != ErrorCode.SERVER_BUSY) {
          assertThat(refused.code()).isEqualTo(ErrorCode.WRONG_STATE);
          return false;
        }
      }
    }
  }

  @Test
  void of_submissions_at_the_same_time_one_is_taken() throws Exception {
    // When
    int taken = 0;
    Callable<Boolean> submission = this::isTaken;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(Collections.nCopies(8, submission))) {
        taken += answer.get() ? 1 : 0;
      }
    }

    // Then
    assertThat(taken).isEqualTo(1);
  }
}
