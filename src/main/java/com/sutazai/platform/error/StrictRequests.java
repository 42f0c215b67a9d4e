package com.sutazai.platform.error;

import jakarta.inject.Singleton;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what one of our own routes would pass over in silence: query parameters that it does not
 * have, and an empty {@code Idempotency-Key}. The doors of others pass over what their originals
 * do.
 */
@Singleton
class StrictRequests {
  /** After a caller was let in. */
  private static final int AFTER_SCOPES = Priorities.AUTHORIZATION + 2;

  private static final List<String> OURS = List.of("/api", "/process", "/generate");

  /** Of every route: whose things are meant. */
  private static final String OWNER = "owner";

  private static final String KEY = "Idempotency-Key";

  private final ErrorForms forms;
  private final ListedRoutes routes;

  StrictRequests(ErrorForms forms, ListedRoutes routes) {
    this.forms = forms;
    this.routes = routes;
  }

  @ServerRequestFilter(nonBlocking = true, priority = AFTER_SCOPES)
  public void check(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath();
    if (!isOurs(path) || !forms.isOwn(path)) {
      return;
    }
    String key = request.getHeaderString(KEY);
    if (key != null && key.isBlank()) {
      throw ProblemException.invalid(KEY, "must not be blank; leave it out to have none");
    }
    Set<String> sent = request.getUriInfo().getQueryParameters().keySet();
    if (!sent.isEmpty()) {
      requireKnown(sent, routes.parameters(request.getMethod(), path));
    }
  }

  private static boolean isOurs(String path) {
    for (String ours : OURS) {
      if (path.startsWith(ours)
          && (path.length() == ours.length() || path.charAt(ours.length()) == '/')) {
        return true;
      }
    }
    return false;
  }

  private static void requireKnown(Set<String> sent, @Nullable Set<String> known) {
    for (String name : sent) {
      if (known != null && !known.contains(name) && !name.equals(OWNER)) {
        throw ProblemException.invalid(
            Quoted.printable(name), "is not a known query parameter; known are " + known);
      }
    }
  }
}
