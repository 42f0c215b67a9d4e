package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EmbeddedDatabaseTest {
  private final Database database;

  EmbeddedDatabaseTest(Database database) {
    this.database = database;
  }

  @Test
  void it_is_a_durable_postgresql_18_with_our_schema() {
    // When
    var row =
        database
            .query(
                Statement.of(
                    "test.settings",
                    """
                SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
                       current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS listen,
                       (SELECT count(*) FROM owners WHERE name IN ('local', 'system')) AS owners
                """))
            .getFirst();

    // Then
    assertThat(row.getInteger("version")).isBetween(180000, 189999);
    assertThat(row.getString("fsync")).isEqualTo("on");
    assertThat(row.getString("commit")).isEqualTo("on");
    assertThat(row.getString("listen")).isEqualTo("127.0.0.1");
    assertThat(row.getLong("owners")).isEqualTo(2);
  }
}
