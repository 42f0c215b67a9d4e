package com.sutazai.agents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows of built-in agents, as each start of the program leaves them. */
@QuarkusTest
class BuiltInRowsTest {
  private final AgentRepository repository;
  private final Database database;
  private final Ids ids;
  private final String name = "built-in-" + UUID.randomUUID();

  BuiltInRowsTest(AgentRepository repository, Database database, Ids ids) {
    this.repository = repository;
    this.database = database;
    this.ids = ids;
  }

  @AfterEach
  void remove() {
    database.update(Statement.of("test.remove", "DELETE FROM agents WHERE name = $1"), name);
  }

  private long version(List<String> capabilities) {
    return repository
        .registerBuiltIn(
            database,
            ids.next(),
            new Able(name, capabilities),
            Instant.ofEpochSecond(1_800_000_000))
        .getLong("version");
  }

  private record Able(String name, List<String> capabilities) implements BuiltInAgent {
    @Override
    public String type() {
      return "test";
    }

    @Override
    public Set<String> taskTypes() {
      return Set.of();
    }

    @Override
    public int concurrency() {
      return 1;
    }

    @Override
    public AgentAnswer run(AgentCall call) {
      return new AgentAnswer.Done(NullNode.instance);
    }
  }

  @Test
  void have_another_version_when_they_say_something_else() {
    long first = version(List.of("one"));
    assertThat(version(List.of("one"))).isEqualTo(first);
    assertThat(version(List.of("one", "two"))).isEqualTo(first + 1);
  }
}
