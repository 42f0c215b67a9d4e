package com.sutazai.security.limit;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names that this program is called by, where they are listed; this machine's own are always
 * among them. Whoever looks after a process calls it by its address, and may ask how it is.
 */
final class Hosts {
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final Optional<Set<String>> listed;

  Hosts(Optional<Set<String>> listed) {
    this.listed =
        listed.map(
            names ->
                names.stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet()));
  }

  boolean allow(HttpServerRequest request) {
    if (listed.isEmpty()) {
      return true;
    }
    HostAndPort authority = request.authority();
    String host = authority == null ? "" : authority.host().toLowerCase(Locale.ROOT);
    return LOCAL.contains(host)
        || listed.get().contains(host)
        || request.path().equals("/health")
        || request.path().startsWith("/q/health");
  }
}
