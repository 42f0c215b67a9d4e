package com.sutazai.security;

import com.sutazai.platform.error.StartException;
import com.sutazai.security.jwt.Tokens;
import com.sutazai.security.key.AccessMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Puts the gate before every route, and keeps the program from listening to strangers without
 * credentials.
 */
@ApplicationScoped
class GateRoute {
  private final Gate gate;
  private final SecurityConfig config;
  private final AccessMode mode;
  private final Tokens tokens;
  private final String address;

  /**
   * @param address that is listened on, however it was set
   */
  GateRoute(
      Gate gate,
      SecurityConfig config,
      AccessMode mode,
      Tokens tokens,
      @ConfigProperty(name = "quarkus.http.host") String address) {
    this.address = address;
    this.gate = gate;
    this.config = config;
    this.mode = mode;
    this.tokens = tokens;
  }

  void register(@Observes Filters filters) {
    filters.register(gate::check, 1000);
  }

  /** Before the database is looked at for keys. */
  void close(@Observes @Priority(0) StartupEvent event) {
    config
        .adminKey()
        .ifPresent(
            key -> {
              requireStrength(key);
              mode.close();
            });
    if (tokens.configured()) {
      mode.close();
    }
  }

  void refuseOpenAddress(@Observes @Priority(AccessMode.PRIORITY + 1) StartupEvent event) {
    if (!mode.closed() && !isLoopback(address)) {
      throw new StartException(
          "The address "
              + address
              + " (SUTAZAI_HOST) is reachable from other machines, but no credentials are configured. "
              + "Set SUTAZAI_ADMIN_KEY to a long random text, for example: export SUTAZAI_ADMIN_KEY=$(openssl rand -hex 32)");
    }
  }

  private static void requireStrength(String key) {
    if (key.length() < 16) {
      throw new StartException("SUTAZAI_ADMIN_KEY must have at least 16 characters.");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
