package com.sutazai.platform.sql;

import static java.util.stream.Collectors.joining;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How our sessions with the server are opened, and what is set in them. Behind PgBouncer a session
 * changes hands after each transaction: nothing can be set in it for longer than one, a statement
 * that was prepared may be gone with the next one, and nobody can listen.
 */
@Singleton
class Sessions implements PgPoolCreator {
  private static final String NAME = "sutazai";

  private final DatabaseConfig config;
  private final ServerTls tls;
  private final boolean bouncer;

  Sessions(
      DatabaseConfig config,
      ServerTls tls,
      @ConfigProperty(name = "sutazai-internal.pgbouncer") Optional<Boolean> bouncer) {
    this.config = config;
    this.tls = tls;
    this.bouncer = bouncer.orElse(false);
  }

  /** Whether sessions change hands after each transaction. */
  boolean changeHands() {
    return bouncer;
  }

  @Override
  public Pool create(Input input) {
    var options = new PoolOptions(input.poolOptions());
    options
        .setMaxSize(config.poolMax())
        .setConnectionTimeout((int) config.acquireTimeout().toMillis())
        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) config.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    return PgBuilder.pool()
        .with(options)
        .using(input.vertx())
        .connectingTo(
            input.pgConnectOptionsList().stream().<SqlConnectOptions>map(this::prepared).toList())
        .build();
  }

  /** The client keeps what it prepared by statement, for as long as the session lives. */
  private PgConnectOptions prepared(PgConnectOptions address) {
    PgConnectOptions options = tls.apply(new PgConnectOptions(address));
    Map<String, String> properties = new HashMap<>(options.getProperties());
    properties.put("application_name", NAME);
    if (bouncer) {
      properties.remove("extra_float_digits"); // it knows few parameters and refuses the others
      options.setUseLayer7Proxy(true);
    } else {
      properties.putAll(settings());
    }
    return options.setProperties(properties).setCachePreparedStatements(!bouncer);
  }

  /** What every session, or every transaction, must have, whatever the server has by default. */
  private Map<String, String> settings() {
    String limit = String.valueOf(config.statementTimeout().toMillis());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("synchronous_commit", "on"); // a 2xx means committed
    settings.put("search_path", '"' + config.schema().replace("\"", "\"\"") + '"');
    settings.put("statement_timeout", limit);
    // A process that was cut off in the middle of a transaction must not hold its rows for ever.
    settings.put("idle_in_transaction_session_timeout", limit);
    // Each statement of ours is a walk along an index, whatever the statistics of a table say that
    // fills and empties within a second: so one plan is enough, and nothing is worth compiling.
    settings.put("plan_cache_mode", "force_generic_plan");
    settings.put("jit", "off");
    for (String other : List.of("seqscan", "bitmapscan", "hashjoin", "mergejoin")) {
      settings.put("enable_" + other, "off");
    }
    return settings;
  }

  /** The settings as statements for the transaction at hand. */
  String forTransaction() {
    return settings().entrySet().stream()
        .map(each -> "SET LOCAL " + each.getKey() + " = " + quoted(each))
        .collect(joining("; "));
  }

  private static String quoted(Map.Entry<String, String> setting) {
    return setting.getKey().equals("search_path")
        ? setting.getValue()
        : '\'' + setting.getValue() + '\'';
  }
}
