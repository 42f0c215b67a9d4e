package com.sutazai.cache.http;

import com.sutazai.platform.caller.Scope;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A marked route that counts how often it runs, and answers what a test had it answer. */
@Path("/api/counted")
@RunOnVirtualThread
class CountedResource {
  @Produces @Singleton
  static final CachedRoute READ =
      new CachedRoute(
          "/api/counted/{id}", Scope.TASKS_READ, Kept.RESPONSE, List.of("counted:{id}"));

  private final Behaviours behaviours;

  CountedResource(Behaviours behaviours) {
    this.behaviours = behaviours;
  }

  /**
   * What it answers for an id.
   *
   * @param gate opens before it answers
   */
  record Behaviour(int status, Map<String, String> headers, CountDownLatch gate) {}

  @Singleton
  static class Behaviours {
    private static final Behaviour DEFAULT = new Behaviour(200, Map.of(), new CountDownLatch(0));

    private final Map<String, Behaviour> set = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

    void set(String id, Behaviour behaviour) {
      set.put(id, behaviour);
    }

    int runs(String id) {
      return counter(id).get();
    }

    private AtomicInteger counter(String id) {
      return runs.computeIfAbsent(id, each -> new AtomicInteger());
    }
  }

  @CachedResponse
  @Operation(hidden = true)
  @GET
  @Path("/{id}")
  public Response read(@PathParam("id") String id) throws InterruptedException {
    int run = behaviours.counter(id).incrementAndGet();
    Behaviour behaviour = behaviours.set.getOrDefault(id, Behaviours.DEFAULT);
    behaviour.gate().await();
    var response = Response.status(behaviour.status()).entity(Map.of("run", run));
    behaviour.headers().forEach(response::header);
    return response.build();
  }
}
