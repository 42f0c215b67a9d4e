package com.sutazai.platform.sql;

import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianPostgres;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listening on a server that comes and goes. */
@QuarkusTest
class NotificationsTest {
  private final Database database;
  private final Sessions sessions;
  private final Vertx vertx;
  private final DatabaseConfig config;
  private final AtomicInteger first = new AtomicInteger();
  private final AtomicInteger second = new AtomicInteger();

  NotificationsTest(Database database, Sessions sessions, Vertx vertx, DatabaseConfig config) {
    this.database = database;
    this.sessions = sessions;
    this.vertx = vertx;
    this.config = config;
  }

  @Test
  void it_listens_as_soon_as_it_can_and_looks_once_whenever_it_could_not(@TempDir Path folder)
      throws Exception {
    try (DebianPostgres server = DebianPostgres.start(folder)) {
      // Given: nobody answers when it begins
      server.stop();
      var notifications =
          new Notifications(
              database,
              sessions,
              new ServerTls(Optional.empty()),
              vertx,
              config,
              Optional.of(server.url()),
              server.url(),
              "sutazai",
              Optional.empty());
      notifications.listen("first", first::incrementAndGet);
      notifications.listen("second", second::incrementAndGet);

      // When, then
      server.start();
      awaitHeard(1, 1);
      send(server, "sutazai_second");
      awaitHeard(1, 2);
      server.stop();
      server.start();
      awaitHeard(2, 3);
      send(server, "sutazai_first");
      awaitHeard(3, 3);
      notifications.stop(new ShutdownEvent());
    }
  }

  private void awaitHeard(int ofFirst, int ofSecond) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> first.get() == ofFirst && second.get() == ofSecond);
  }

  private static void send(DebianPostgres server, String channel) throws SQLException {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute("NOTIFY " + channel);
    }
  }
}
