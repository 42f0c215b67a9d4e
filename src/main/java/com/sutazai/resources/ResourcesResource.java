package com.sutazai.resources;

import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/resources}. */
@Path("/api{version:(/v1)?}/resources")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Resources")
@RunOnVirtualThread
class ResourcesResource {
  private static final String EXAMPLE =
      """
      {"type": "cpu", "amount": 0.5, "holder": "nightly-report", "priority": 5, "duration_seconds": 300, "wait_seconds": 10, "preemptible": true}\
      """;

  private final Resources resources;
  private final CurrentCaller caller;
  private final Connections connections;
  private final RoutingContext context;

  ResourcesResource(
      Resources resources, CurrentCaller caller, Connections connections, RoutingContext context) {
    this.resources = resources;
    this.caller = caller;
    this.connections = connections;
    this.context = context;
  }

  /** The caller's leases. */
  @RegisterForReflection
  record Leases(List<LeaseView> items) {}

  /** A policy as it is to be. */
  @RegisterForReflection
  record SetPolicy(@Nullable Integer maxTotalPercent, @Nullable Integer maxHolderPercent) {}

  @Operation(
      summary =
          "What this process's machine has, what is leased of it, and the pressure on it as measured")
  @Requires.ResourcesUse
  @GET
  public ResourceStatus status() {
    return resources.status();
  }

  @Operation(summary = "The caller's leases, the newest first")
  @Requires.ResourcesUse
  @GET
  @Path("/leases")
  public Leases leases() {
    return new Leases(resources.leases(caller.get()));
  }

  @APIResponseSchema(value = LeaseView.class, responseCode = "201")
  @Operation(summary = "Lease a part of a resource: at once, or after waiting wait_seconds at most")
  @Requires.ResourcesUse
  @POST
  @Path("/leases")
  public Response lease(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable LeaseRequest body)
      throws InterruptedException {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    LeaseView lease;
    // To one who left it must not be given: nobody would give it back.
    try (Listening watch = connections.interruptWhenLeftOrStopping(context)) {
      lease = resources.lease(caller.get(), body);
    }
    return Response.created(URI.create("/api/resources/leases/" + lease.id()))
        .entity(lease)
        .build();
  }

  @Operation(summary = "End a lease; 404 when it has ended already")
  @Requires.ResourcesUse
  @DELETE
  @Path("/leases/{id}")
  public void release(@PathParam("id") String id) {
    UUID lease = Ids.parse("lease", id);
    if (!resources.release(caller.get(), lease)) {
      throw ProblemException.notFound("lease", lease);
    }
  }

  @Operation(summary = "How much of a resource may be leased")
  @Requires.ResourcesUse
  @GET
  @Path("/policies/{type}")
  public Policy policy(@PathParam("type") String type) {
    return resources.policy(type(type));
  }

  @Operation(
      summary =
          "Set how much of a resource may be leased in this process until it ends; what is leased stays")
  @Requires.Admin
  @PUT
  @Path("/policies/{type}")
  public Policy setPolicy(@PathParam("type") String type, @Nullable SetPolicy body) {
    ResourceType named = type(type);
    if (!caller.get().admin()) {
      throw new ProblemException(ErrorCode.FORBIDDEN, "Only an admin may set policies.");
    }
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    Policy policy =
        new Policy(
            percent("max_total_percent", body.maxTotalPercent()),
            percent("max_holder_percent", body.maxHolderPercent()));
    resources.setPolicy(named, policy);
    return policy;
  }

  private static int percent(String field, @Nullable Integer value) {
    if (value == null || value < 0 || value > 100) {
      throw ProblemException.invalid(
          field, "is required, a whole number of percent between 0 and 100");
    }
    return value;
  }

  private static ResourceType type(String label) {
    return ResourceType.find(label)
        .orElseThrow(
            () ->
                new ProblemException(
                    ErrorCode.NOT_FOUND,
                    "There is no such resource; there are " + ResourceType.labels()));
  }
}
