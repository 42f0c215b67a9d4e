package com.sutazai.security.limit;

import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The ports that the HTTP API answers at: servers of others in this process are not its business.
 */
@Singleton
class Doors {
  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  Doors(
      @ConfigProperty(name = "quarkus.http.port") int plain,
      @ConfigProperty(name = "quarkus.http.ssl-port", defaultValue = "8443") int tls) {
    ports.add(plain);
    ports.add(tls);
  }

  /** One that the system chose. */
  void add(int port) {
    ports.add(port);
  }

  boolean has(int port) {
    return ports.contains(port);
  }
}
