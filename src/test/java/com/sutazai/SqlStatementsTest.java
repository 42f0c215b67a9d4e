package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cache.Tags;
import com.sutazai.platform.sql.Statement;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.ProductClasses;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every statement of ours is accepted by the server against the migrated schema. */
@QuarkusTest
class SqlStatementsTest {
  private static final Pattern RELATION = Pattern.compile("\"Relation Name\": *\"(\\w+)\"");

  private final Pool pool;
  private final Vertx vertx;

  SqlStatementsTest(Pool pool, Vertx vertx) {
    this.pool = pool;
    this.vertx = vertx;
  }

  static List<Statement> statements() throws Exception {
    List<Statement> found = new ArrayList<>();
    for (JavaClass type : ProductClasses.ALL) {
      for (JavaField declared : type.getFields()) {
        if (declared.getRawType().isEquivalentTo(Statement.class)
            && declared
                .getModifiers()
                .contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC)) {
          Field field = ProductClasses.load(type).getDeclaredField(declared.getName());
          field.setAccessible(true);
          found.add((Statement) field.get(null));
        }
      }
    }
    return found;
  }

  @Test
  void the_embedded_server_prepares_every_statement() throws Exception {
    // Given
    SqlConnection connection = get(pool.getConnection());

    // When, then
    try {
      assertPrepared(connection);
    } finally {
      connection.close();
    }
  }

  @Test
  void the_oldest_supported_server_prepares_every_statement(@TempDir Path folder) throws Exception {
    // Given
    try (DebianPostgres server = DebianPostgres.start(folder)) {
      Flyway.configure()
          .dataSource(server.jdbcUrl(), "sutazai", null)
          .defaultSchema("sutazai")
          .load()
          .migrate();
      var options = PgConnectOptions.fromUri(server.url()).addProperty("search_path", "sutazai");
      SqlConnection connection = get(PgConnection.connect(vertx, options));

      // When, then
      try {
        assertPrepared(connection);
      } finally {
        get(connection.close());
      }
    }
  }

  private static void assertPrepared(SqlConnection connection) throws Exception {
    List<Statement> statements = statements();
    assertThat(statements).hasSizeGreaterThan(20);
    for (Statement statement : statements) {
      assertThat(connection.prepare(statement.text()).toCompletionStage().toCompletableFuture())
          .as(statement.name())
          .succeedsWithin(Duration.ofSeconds(60));
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void names_are_unique() throws Exception {
    assertThat(statements()).extracting(Statement::name).doesNotHaveDuplicates();
  }

  /** What a statement says it reads is what the triggers tell of: only agents, so far. */
  @Test
  void kept_rows_come_from_tables_whose_changes_are_told() throws Exception {
    List<Statement> kept =
        statements().stream().filter(statement -> !statement.reads().isEmpty()).toList();
    assertThat(kept).isNotEmpty();
    SqlConnection connection = get(pool.getConnection());
    try {
      for (Statement statement : kept) {
        var plan =
            get(
                connection
                    .query("EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + statement.text())
                    .execute());
        assertThat(RELATION.matcher(plan.iterator().next().getValue(0).toString()).results())
            .as(statement.name())
            .extracting(found -> found.group(1))
            .containsOnly("agents");
        assertThat(statement.reads()).containsExactly(Tags.AGENTS);
      }
    } finally {
      connection.close();
    }
  }
}
