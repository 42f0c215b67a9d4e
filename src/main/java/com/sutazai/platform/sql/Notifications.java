package com.sutazai.platform.sql;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Short signals between the processes on one database (LISTEN and NOTIFY). They are hints: one that
 * is lost costs time and nothing else. An embedded database has one process only, so there nothing
 * is sent or heard.
 */
@ApplicationScoped
public class Notifications {
  private static final Logger LOG = Logger.getLogger(Notifications.class);
  private static final String LISTENER = "sutazai-listener";
  private static final Duration LOOK_FOR_OTHERS = Duration.ofSeconds(2);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private static final Statement OTHERS =
      Statement.of(
          "listeners.others",
          """
      SELECT count(*) > 1 AS there
      FROM pg_stat_activity
      WHERE application_name = $1 AND datname = current_database()
      """);

  private static final Statement NOTIFY =
      Statement.of("listeners.notify", "SELECT pg_notify($1, '') IS NULL AS sent");

  private final Database database;
  private final Vertx vertx;
  private final DatabaseConfig config;
  private final boolean shared;
  private final String url;
  private final String user;
  private final String password;
  private final AtomicBoolean sending = new AtomicBoolean();
  private volatile boolean others;
  private volatile long lookedAt;
  private @Nullable PgSubscriber subscriber;

  Notifications(
      Database database,
      Vertx vertx,
      DatabaseConfig config,
      @ConfigProperty(name = "database.url") Optional<String> databaseUrl,
      @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
      @ConfigProperty(name = "quarkus.datasource.username") String user,
      @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
    this.database = database;
    this.vertx = vertx;
    this.config = config;
    this.shared = databaseUrl.filter(text -> !text.isBlank()).isPresent();
    this.url = url;
    this.user = user;
    this.password = password.orElse("");
    lookedAt = System.nanoTime() - LOOK_FOR_OTHERS.toNanos();
  }

  /** Runs the listener, on the event loop, with each signal of the topic that others send. */
  public void listen(String topic, Runnable listener) {
    if (!shared) {
      return;
    }
    PgConnectOptions options =
        PgConnectOptions.fromUri(url)
            .setUser(user)
            .setPassword(password)
            .addProperty("application_name", LISTENER);
    PgSubscriber connection =
        PgSubscriber.subscriber(vertx, options).reconnectPolicy(tries -> RECONNECT.toMillis());
    connection.channel(channel(topic)).handler(payload -> listener.run());
    connection.connect().onFailure(e -> LOG.warnf("Cannot listen yet: %s", e.getMessage()));
    subscriber = connection;
  }

  /**
   * Sends a signal of the topic when other processes are there to hear it; returns at once. Signals
   * that come while one is on its way go out as one.
   */
  public void send(String topic) {
    if (shared && sending.compareAndSet(false, true)) {
      Thread.ofVirtual().name("notify").start(() -> sendNow(topic));
    }
  }

  private void sendNow(String topic) {
    try {
      if (System.nanoTime() - lookedAt > LOOK_FOR_OTHERS.toNanos()) {
        others = database.query(OTHERS, LISTENER).getFirst().getBoolean("there");
        lookedAt = System.nanoTime();
      }
      sending.set(false); // what is committed from here on needs a signal of its own
      if (others) {
        database.query(NOTIFY, channel(topic));
      }
    } catch (RuntimeException e) {
      LOG.debugf("A signal was not sent, the others will look by themselves: %s", e.getMessage());
    } finally {
      sending.set(false);
    }
  }

  private String channel(String topic) {
    return config.schema() + "_" + topic;
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (subscriber != null) {
      subscriber.close();
    }
  }
}
