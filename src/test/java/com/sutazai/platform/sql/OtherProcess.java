package com.sutazai.platform.sql;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Listens to the embedded database as another process on a shared one does. */
@Singleton
public class OtherProcess {
  private final Database database;
  private final Sessions sessions;
  private final Vertx vertx;
  private final DatabaseConfig config;
  private final String url;
  private final String user;
  private final Optional<String> password;

  OtherProcess(
      Database database,
      Sessions sessions,
      Vertx vertx,
      DatabaseConfig config,
      @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
      @ConfigProperty(name = "quarkus.datasource.username") String user,
      @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
    this.database = database;
    this.sessions = sessions;
    this.vertx = vertx;
    this.config = config;
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /** A connection of its own for signals; to be stopped by {@link #stop}. */
  public Notifications listener() {
    return new Notifications(
        database,
        sessions,
        new ServerTls(Optional.empty()),
        vertx,
        config,
        Optional.of(url),
        url,
        user,
        password);
  }

  public void stop(Notifications listener) {
    listener.stop(new io.quarkus.runtime.ShutdownEvent());
  }
}
