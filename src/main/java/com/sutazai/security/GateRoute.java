package com.sutazai.security;

import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Puts the gate before every route, and keeps the program from listening to strangers without
 * credentials.
 */
@ApplicationScoped
class GateRoute {
  private final Gate gate;
  private final SecurityConfig config;

  GateRoute(Gate gate, SecurityConfig config) {
    this.gate = gate;
    this.config = config;
  }

  void register(@Observes Filters filters) {
    filters.register(gate::check, 1000);
  }

  void refuseOpenAddress(@Observes @Priority(0) StartupEvent event) {
    if (config.adminKey().isEmpty() && !isLoopback(config.host())) {
      throw new StartException(
          "SUTAZAI_HOST="
              + config.host()
              + " is reachable from other machines, but no credentials are configured. "
              + "Set SUTAZAI_ADMIN_KEY to a long random text, for example: export SUTAZAI_ADMIN_KEY=$(openssl rand -hex 32)");
    }
    config.adminKey().ifPresent(GateRoute::requireStrength);
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
