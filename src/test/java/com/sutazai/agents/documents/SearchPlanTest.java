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

        Reads before = Reads.of(sql);

        // When
        sql.execute("PREPARE search (uuid, text, int) AS " + DocumentRepository.SEARCH.text());
        int found = count(sql, "EXECUTE search ('" + OWNER + "', 'w7', 5)");

        // Then
        Reads reads = Reads.of(sql);
        assertThat(found).isEqualTo(5);
        assertThat(reads.byWord()).isGreaterThan(before.byWord());
        assertThat(reads.whole()).isEqualTo(before.whole());
      }
    }
  }

  /** How often the index of words was read, and how often one of the tables was read whole. */
  private record Reads(long byWord, long whole) {
    static Reads of(Statement sql) throws SQLException {
      sql.execute("SELECT pg_stat_force_next_flush()");
      try (ResultSet row =
          sql.executeQuery(
              """
              SELECT (SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'document_passages_by_word'),
                     (SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('documents', 'document_passages'))
              """)) {
        row.next();
        return new Reads(row.getLong(1), row.getLong(2));
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

  private static int count(Statement sql, String query) throws SQLException {
    try (ResultSet rows = sql.executeQuery(query)) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }
}
