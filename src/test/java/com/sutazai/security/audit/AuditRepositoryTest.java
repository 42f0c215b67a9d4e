package com.sutazai.security.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AuditRepositoryTest {
  private final AuditRepository repository;
  private final Database database;
  private final Ids ids;

  /** Rows of earlier runs stay. */
  private final String action = "twice-" + UUID.randomUUID();

  AuditRepositoryTest(AuditRepository repository, Database database, Ids ids) {
    this.repository = repository;
    this.database = database;
    this.ids = ids;
  }

  /** After a connection that broke nobody knows whether the rows are there. */
  @Test
  void rows_that_are_there_already_are_no_hindrance_for_others() {
    // Given
    AuditEvent first = event("twice-1");
    AuditEvent second = event("twice-2");
    repository.insert(database, List.of(first));

    // When
    repository.insert(database, List.of(first, second));

    // Then
    var search = new AuditSearch(null, action, null, null, null, null);
    assertThat(repository.find(database, null, search, 10))
        .extracting(AuditEvent::target)
        .containsExactly("twice-2", "twice-1");
  }

  private AuditEvent event(String target) {
    return new AuditEvent(
        ids.next(), Instant.now(), null, null, null, action, target, "done", 200, null, null, 1);
  }
}
