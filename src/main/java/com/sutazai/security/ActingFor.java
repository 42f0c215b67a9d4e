package com.sutazai.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.sql.Database;
import com.sutazai.security.key.Owners;
import com.sutazai.security.key.Owners.Owner;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Whose things an administrator asks for with {@code ?owner=}. */
@ApplicationScoped
class ActingFor {
  private static final String PARAMETER = "owner";
  private static final int LONGEST = 255;
  private static final int MOST_KNOWN = 10_000;

  /** Everybody's; these routes know what that is. */
  private static final String ALL = "*";

  private static final Set<String> FOR_ALL = Set.of("/api/usage", "/api/v1/usage");

  private final Database database;
  private final Owners owners;
  private final Cache<String, Owner> known = Caffeine.newBuilder().maximumSize(MOST_KNOWN).build();

  ActingFor(Database database, Owners owners) {
    this.database = database;
    this.owners = owners;
  }

  /** The name or id that the request has; null when it asks for the caller's own things. */
  static @Nullable String named(RoutingContext context) {
    String query = context.request().query();
    if (query == null || !query.contains(PARAMETER)) {
      return null;
    }
    String name = context.request().getParam(PARAMETER);
    return name == null || (name.equals(ALL) && FOR_ALL.contains(context.normalizedPath()))
        ? null
        : name;
  }

  /** The owner, if it was asked for before. */
  @Nullable Owner known(String name) {
    return known.getIfPresent(name);
  }

  /** Looks the owner up; fails when there is none. */
  CompletableFuture<Owner> find(String name) {
    var found = new CompletableFuture<Owner>();
    Thread.ofVirtual()
        .name("find-owner")
        .start(
            () -> {
              try {
                Owner owner =
                    owners
                        .find(database, Check.text(PARAMETER, name, LONGEST))
                        .orElseThrow(() -> ProblemException.notFound(PARAMETER, name));
                known.put(name, owner);
                found.complete(owner);
              } catch (RuntimeException e) {
                found.completeExceptionally(e);
              }
            });
    return found;
  }

  /** What a caller is told of such a failure. */
  static Problem problem(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ProblemException problem
        ? Problem.of(problem)
        : Problem.of(
            ErrorCode.INTERNAL, "The failure was logged; it is not the request's fault.", null);
  }
}
