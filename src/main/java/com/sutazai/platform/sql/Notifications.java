package com.sutazai.platform.sql;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.stream.Collectors.joining;

import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Short signals between the processes on one database (LISTEN and NOTIFY), heard on a connection of
 * their own. A signal that is lost while nobody listens is made up for by a look: whoever listens
 * is told when it could not hear. An embedded database has one process only, so there nothing is
 * sent or heard; behind PgBouncer nothing is heard.
 */
@ApplicationScoped
public class Notifications {
  private static final Logger LOG = Logger.getLogger(Notifications.class);
  private static final String LISTENER = "sutazai-listener";
  private static final Duration LOOK_FOR_OTHERS = Duration.ofSeconds(2);
  private static final Duration COUNTED_ANEW = Duration.ofSeconds(10);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  /** A cut network is noticed by asking; nothing else is ever sent on this connection. */
  private static final Duration PROBE = Duration.ofSeconds(1);

  /** Without an answer for so long, what others send is not relied upon to be heard. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private static final Statement COUNT =
      Statement.of(
          "listeners.count",
          """
          SELECT count(*) AS listening
          FROM pg_stat_activity
          WHERE application_name = $1 AND datname = current_database()
          """);

  private static final Statement NOTIFY =
      Statement.of("listeners.notify", "SELECT pg_notify($1, '') IS NULL AS sent");

  private final Database database;
  private final Sessions sessions;
  private final Vertx vertx;
  private final DatabaseConfig config;
  private final boolean shared;
  private final PgConnectOptions address;
  private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();
  private final AtomicBoolean connecting = new AtomicBoolean();
  private final Set<String> sending = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean told;
  private final AtomicBoolean counting = new AtomicBoolean();
  private volatile int listening;
  private volatile long countedAt = System.nanoTime() - COUNTED_ANEW.toNanos();
  private volatile @Nullable PgConnection connection;
  private volatile long answeredAt;

  Notifications(
      Database database,
      Sessions sessions,
      ServerTls tls,
      Vertx vertx,
      DatabaseConfig config,
      @ConfigProperty(name = "database.url") Optional<String> databaseUrl,
      @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
      @ConfigProperty(name = "quarkus.datasource.username") String user,
      @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
    this.database = database;
    this.sessions = sessions;
    this.vertx = vertx;
    this.config = config;
    this.shared = databaseUrl.filter(text -> !text.isBlank()).isPresent();
    this.address =
        tls.apply(PgConnectOptions.fromUri(url))
            .setUser(user)
            .setPassword(password.orElse(""))
            .addProperty("application_name", LISTENER);
  }

  /** Who wants to hear signals of a topic; called on the event loop. */
  public interface Listener {
    /** A signal came. */
    void heard(String payload);

    /**
     * The connection was made (again): what was sent before that was not heard.
     *
     * @param transaction what transactions with this id or a higher one send is heard, as far as
     *     they were not committed before this call
     */
    void listening(long transaction);

    /** The connection is gone: nothing is heard until {@link #listening}. */
    void deaf();
  }

  /** Whether there may be other processes on the database. */
  public boolean shared() {
    return shared;
  }

  /** Whether signals of others are heard, as far as could be told in the last three seconds. */
  public boolean hears() {
    return connection != null && System.nanoTime() - answeredAt < SILENCE.toNanos();
  }

  /**
   * Runs the listener, on the event loop, with each signal of the topic that others send, and once
   * whenever the connection was made (again).
   */
  public void listen(String topic, Runnable listener) {
    listen(
        topic,
        new Listener() {
          @Override
          public void heard(String payload) {
            listener.run();
          }

          @Override
          public void listening(long transaction) {
            listener.run();
          }

          @Override
          public void deaf() {}
        });
  }

  /** Tells the listener of each signal of the topic, and of whether it can be told. */
  public void listen(String topic, Listener listener) {
    if (!shared || sessions.changeHands()) {
      return;
    }
    boolean known = listeners.containsKey(channel(topic));
    listeners.computeIfAbsent(channel(topic), name -> new CopyOnWriteArrayList<>()).add(listener);
    PgConnection open = connection;
    if (open == null) {
      connect();
    } else if (!known) {
      open.query(listen(channel(topic)))
          .execute()
          .compose(heard -> transaction(open))
          .onSuccess(listener::listening)
          .onFailure(e -> open.close());
    }
  }

  private void connect() {
    if (stopping || connection != null || !connecting.compareAndSet(false, true)) {
      return;
    }
    Future<PgConnection> opening = PgConnection.connect(vertx, address);
    opening
        .compose(this::begin)
        .timeout(PATIENCE.toMillis(), MILLISECONDS)
        .onComplete(
            done -> {
              connecting.set(false);
              if (done.succeeded()) {
                told = false;
                tell(listener -> listener.listening(done.result()));
              } else {
                opening.onSuccess(PgConnection::close);
                sayOnce(done.cause());
                connectLater();
              }
            });
  }

  private Future<Long> begin(PgConnection fresh) {
    fresh.notificationHandler(
        signal ->
            listeners
                .getOrDefault(signal.getChannel(), List.of())
                .forEach(listener -> listener.heard(signal.getPayload())));
    long probe = vertx.setPeriodic(PROBE.toMillis(), id -> probe(fresh));
    fresh.closeHandler(
        closed -> {
          vertx.cancelTimer(probe);
          if (connection == fresh) {
            connection = null;
            tell(Listener::deaf);
            connectLater();
          }
        });
    return hear(fresh, Set.copyOf(listeners.keySet()));
  }

  /** Topics that were added meanwhile are not missed: it ends when all of them are heard. */
  private Future<Long> hear(PgConnection fresh, Set<String> names) {
    String listen = names.stream().map(Notifications::listen).collect(joining("; "));
    return fresh
        .query(listen)
        .execute()
        .compose(
            heard -> {
              answeredAt = System.nanoTime();
              connection = fresh;
              Set<String> now = Set.copyOf(listeners.keySet());
              return now.equals(names) ? transaction(fresh) : hear(fresh, now);
            });
  }

  /** The id of the next transaction: all with a lower one have begun. */
  private static Future<Long> transaction(PgConnection open) {
    return open.query("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        .execute()
        .map(rows -> Long.valueOf(rows.iterator().next().getString(0)));
  }

  private void tell(Consumer<Listener> what) {
    listeners.values().forEach(each -> each.forEach(what));
  }

  private void probe(PgConnection open) {
    long late = vertx.setTimer(PATIENCE.toMillis(), id -> open.close());
    open.query("SELECT 1")
        .execute()
        .onSuccess(
            answer -> {
              answeredAt = System.nanoTime();
              vertx.cancelTimer(late);
            });
  }

  private void connectLater() {
    if (!stopping) {
      vertx.setTimer(RECONNECT.toMillis(), id -> connect());
    }
  }

  private void sayOnce(Throwable failure) {
    if (!told) {
      told = true;
      LOG.warnf("Signals of other processes are not heard: %s", failure.getMessage());
    }
  }

  /**
   * Sends a signal of the topic when other processes are there to hear it; returns at once. Signals
   * of a topic that come while one is on its way go out as one.
   */
  public void send(String topic) {
    if (shared && sending.add(topic)) {
      Thread.ofVirtual().name("notify").start(() -> sendNow(topic));
    }
  }

  private void sendNow(String topic) {
    try {
      if (System.nanoTime() - countedAt > LOOK_FOR_OTHERS.toNanos()) {
        count();
      }
      sending.remove(topic); // what is committed from here on needs a signal of its own
      if (listening > (sessions.changeHands() ? 0 : 1)) {
        database.query(NOTIFY, channel(topic));
      }
    } catch (RuntimeException e) {
      LOG.debugf("A signal was not sent, the others will look by themselves: %s", e.getMessage());
    } finally {
      sending.remove(topic);
    }
  }

  private void count() {
    listening = database.query(COUNT, LISTENER).getFirst().getLong("listening").intValue();
    countedAt = System.nanoTime();
  }

  /**
   * Processes on this database, this one included, as far as they can be told: behind PgBouncer
   * nobody listens. It may be ten seconds old.
   */
  public int processes() {
    if (shared
        && System.nanoTime() - countedAt > COUNTED_ANEW.toNanos()
        && counting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("count-processes").start(this::countQuietly);
    }
    return Math.max(1, listening);
  }

  private void countQuietly() {
    try {
      count();
    } catch (RuntimeException e) {
      LOG.debugf("The processes on the database were not counted: %s", e.getMessage());
      countedAt = System.nanoTime();
    } finally {
      counting.set(false);
    }
  }

  /** Name of the topic's channel, as the triggers of the database have it too. */
  public String channel(String topic) {
    return config.schema() + "_" + topic;
  }

  private static String listen(String channel) {
    return "LISTEN \"" + channel.replace("\"", "\"\"") + '"';
  }

  /** Waits for the end of the connection, which needs the event loops that end after this. */
  void stop(@Observes @Priority(900) ShutdownEvent event) {
    stopping = true;
    PgConnection open = connection;
    if (open == null) {
      return;
    }
    try {
      open.close().toCompletionStage().toCompletableFuture().get(FAREWELL.toMillis(), MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debugf("The connection for signals did not end: %s", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
