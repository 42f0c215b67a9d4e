package com.sutazai.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
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
  private final Connections connections = new Connections();
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
      notifications.listen("connections", connections);
      notifications.listen("first", first::incrementAndGet);
      notifications.listen("second", second::incrementAndGet);

      // When, then
      server.start();
      awaitHeard(1, 0, 0);
      send(server, "sutazai_second");
      awaitHeard(1, 0, 1);
      server.stop();
      server.start();
      awaitHeard(2, 0, 1);
      send(server, "sutazai_first");
      awaitHeard(2, 1, 1);
      assertThat(connections.begun.get() - connections.ended.get()).isEqualTo(1);
      notifications.stop(new ShutdownEvent());
    }
  }

  /** On a machine that stands still for seconds a connection may be given up and made anew. */
  private void awaitHeard(int leastConnections, int signalsOfFirst, int signalsOfSecond) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              int looks = connections.begun.get();
              return looks >= leastConnections
                  && first.get() == looks + signalsOfFirst
                  && second.get() == looks + signalsOfSecond;
            });
  }

  /** Counts connections to the server. */
  private static final class Connections implements Notifications.Listener {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void heard(String payload) {}

    @Override
    public void listening(long transaction) {
      begun.incrementAndGet();
    }

    @Override
    public void deaf() {
      ended.incrementAndGet();
    }
  }

  private static void send(DebianPostgres server, String channel) throws SQLException {
    try (var connection = DriverManager.getConnection(server.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute("NOTIFY " + channel);
    }
  }
}
