package com.sutazai.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes the model servers for all owners is taken from administrators alone. */
@QuarkusTest
class AdminTasksTest {
  private final Tasks tasks;
  private final Database database;
  private final UUID owner = UUID.randomUUID();
  private final Caller admin = new Caller(owner, "admin", true);
  private final Caller other = new Caller(owner, "other", false);

  AdminTasksTest(Tasks tasks, Database database) {
    this.tasks = tasks;
    this.database = database;
  }

  @BeforeEach
  void ownerIsThere() {
    database.update(
        Statement.of("test.owner", "INSERT INTO owners (id, name) VALUES ($1, $2)"),
        owner,
        "admin tasks " + owner);
  }

  private static SubmitTask tomorrow(String type) {
    return new SubmitTask(
        type,
        JsonNodeFactory.instance.objectNode().put("name", "a"),
        null,
        null,
        null,
        null,
        null,
        Instant.now().plus(Duration.ofDays(1)),
        null,
        null,
        null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pull_model", "profile_model"})
  void another_caller_is_refused(String type) {
    assertThatThrownBy(() -> tasks.submit(other, tomorrow(type), null))
        .isInstanceOf(ProblemException.class)
        .hasMessage(
            "type " + type + " changes things for all owners: only an administrator may do so.");
  }

  @Test
  void another_caller_of_the_owner_cannot_have_a_task_run_again() {
    // Given
    UUID id = tasks.submit(admin, tomorrow("pull_model"), null).id();
    tasks.cancel(other, id);

    // When, then
    assertThatThrownBy(() -> tasks.retry(other, id))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(tasks.find(other, id).status()).isEqualTo("cancelled");
  }
}
