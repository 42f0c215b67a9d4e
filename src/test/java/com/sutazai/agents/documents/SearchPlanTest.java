package com.sutazai.agents.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.DebianPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the oldest supported server finds passages, by the settings of our sessions. */
class SearchPlanTest {
  private static final String OWNER = "00000000-0000-7000-8000-000000000001";

  @Test
  void passages_are_found_by_their_words_in_several_languages(@TempDir Path folder)
      throws Exception {
    try (DebianPostgres server = DebianPostgres.start(folder)) {
      // Given
      Flyway.configure()
          .dataSource(server.jdbcUrl(), "sutazai", null)
          .defaultSchema("sutazai")
          .load()
          .migrate();
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), "sutazai", null);
          Statement sql = connection.createStatement()) {
        sql.execute("SET search_path = sutazai");
        fill(sql);
        sql.execute("SET plan_cache_mode = force_generic_plan");
        for (String way : new String[] {"seqscan", "bitmapscan", "hashjoin", "mergejoin"}) {
          sql.execute("SET enable_" + way + " = off");
        }

        // When
        connection.setAutoCommit(false);
        sql.execute(DocumentRepository.ALLOW_BITMAPS.text());
        sql.execute("PREPARE search (uuid, text, int) AS " + DocumentRepository.SEARCH.text());
        String plan = plan(sql);

        // Then
        assertThat(plan).contains("document_passages_by_word").doesNotContain("Seq Scan");
      }
    }
  }

  private static void fill(Statement sql) throws SQLException {
    String id = "md5('document ' || i)::uuid";
    sql.execute(
        "INSERT INTO documents (id, owner_id, name, language, configuration, characters, passages, text, created_at) SELECT "
            + id
            + ", '"
            + OWNER
            + "', 'n', 'en', (array['english', 'german', 'simple'])[1 + i % 3], 1, 1, 'a', now() FROM generate_series(1, 300) i");
    sql.execute(
        "INSERT INTO document_passages SELECT id, number, owner_id, configuration, 'a', to_tsvector('simple', 'w' || number || ' v' || number % 7) FROM documents, generate_series(1, 20) number");
    sql.execute("ANALYZE");
  }

  private static String plan(Statement sql) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet rows = sql.executeQuery("EXPLAIN EXECUTE search ('" + OWNER + "', 'w7', 5)")) {
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }
}
