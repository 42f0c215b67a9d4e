package com.sutazai.security;

import com.sutazai.platform.caller.Scope;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the routes need that are no REST resources, and which need no credentials. Resources say
 * themselves what they require; a path that neither of them knows is for admins.
 */
final class Doors {
  private static final List<Door> DOORS =
      List.of(
          new Door("/metrics", Scope.METRICS_READ),
          new Door("/q/openapi", Scope.METRICS_READ),
          new Door("/q/swagger-ui", Scope.METRICS_READ));

  /** Where resources are. */
  private static final List<String> RESOURCES = List.of("/api", "/v1", "/process", "/generate");

  private static final String HEALTH = "/health";
  private static final String PROBES = "/q/health";
  private static final Set<String> LOGIN = Set.of("/api/auth/login", "/api/v1/auth/login");
  private static final String ROOT = "/";

  /** What the page at the root is made of. */
  private static final String ASSETS = "/assets";

  private Doors() {}

  /** What a path needs that is the given one or below it. */
  private record Door(String path, Scope scope) {}

  /** What the request needs before it is routed; null when its route says that itself. */
  static @Nullable Scope needed(RoutingContext context) {
    String path = context.normalizedPath();
    for (String resources : RESOURCES) {
      if (covers(resources, path)) {
        return null;
      }
    }
    if (isOpen(path)) {
      return null;
    }
    for (Door door : DOORS) {
      if (covers(door.path(), path)) {
        return door.scope();
      }
    }
    return Scope.ADMIN;
  }

  /** Whether the request may come without credentials. */
  static boolean isOpen(RoutingContext context) {
    String method = context.request().method().name();
    String path = context.normalizedPath();
    if (method.equals("POST")) {
      return LOGIN.contains(path);
    }
    return (method.equals("GET") || method.equals("HEAD")) && isOpen(path);
  }

  private static boolean isOpen(String path) {
    return path.equals(ROOT) || path.equals(HEALTH) || covers(PROBES, path) || covers(ASSETS, path);
  }

  private static boolean covers(String door, String path) {
    return path.startsWith(door)
        && (path.length() == door.length() || path.charAt(door.length()) == '/');
  }
}
