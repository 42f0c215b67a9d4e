package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.sql.Statement;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every statement of ours is accepted by the server against the migrated schema. */
@QuarkusTest
class SqlStatementsTest {
  private final Pool pool;

  SqlStatementsTest(Pool pool) {
    this.pool = pool;
  }

  static List<Statement> statements() throws Exception {
    List<Statement> found = new ArrayList<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("com.sutazai")) {
      for (JavaField declared : type.getFields()) {
        if (declared.getRawType().isEquivalentTo(Statement.class)
            && declared
                .getModifiers()
                .contains(com.tngtech.archunit.core.domain.JavaModifier.STATIC)) {
          Field field =
              Class.forName(type.getName(), false, SqlStatementsTest.class.getClassLoader())
                  .getDeclaredField(declared.getName());
          field.setAccessible(true);
          found.add((Statement) field.get(null));
        }
      }
    }
    return found;
  }

  @Test
  void the_server_prepares_every_statement() throws Exception {
    // Given
    List<Statement> statements = statements();

    // When, then
    assertThat(statements).hasSizeGreaterThan(20);
    var connection =
        pool.getConnection().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    try {
      for (Statement statement : statements) {
        var prepared =
            connection.prepare(statement.text()).toCompletionStage().toCompletableFuture();
        assertThat(prepared).as(statement.name()).succeedsWithin(java.time.Duration.ofSeconds(30));
      }
    } finally {
      connection.close();
    }
  }

  @Test
  void names_are_unique() throws Exception {
    assertThat(statements()).extracting(Statement::name).doesNotHaveDuplicates();
  }
}
