package com.sutazai.agents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentRepository.AgentFilter;
import com.sutazai.cache.Cached;
import com.sutazai.cache.Tags;
import com.sutazai.cache.http.CachedResponse;
import com.sutazai.cache.http.CachedRoute;
import com.sutazai.cache.http.Kept;
import com.sutazai.platform.caller.CacheControl;
import com.sutazai.platform.caller.CacheControl.Wish;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/agents}. */
@Path("/api{version:(/v1)?}/agents")
@jakarta.ws.rs.Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Agents")
@RunOnVirtualThread
class AgentResource {
  private static final String EXAMPLE =
      """
      {"name": "summariser", "type": "worker", "status": "active", "capabilities": ["text"], "config": {}}\
      """;

  @Produces @Singleton
  static final CachedRoute READ =
      new CachedRoute(
          "/api/agents/{id}",
          Scope.AGENTS_READ,
          Kept.RESPONSE,
          List.of("agent:{id}", Tags.EACH_AGENT));

  private final Agents agents;
  private final CurrentCaller caller;
  private final CacheControl cacheControl;

  AgentResource(Agents agents, CurrentCaller caller, CacheControl cacheControl) {
    this.agents = agents;
    this.caller = caller;
    this.cacheControl = cacheControl;
  }

  @Operation(summary = "Agents, newest first; include=tasks adds the newest tasks of each")
  @Requires.AgentsRead
  @GET
  public Page<Agent> list(
      @QueryParam("type") @Nullable String type,
      @Parameter(
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"active", "inactive", "offline"}))
          @QueryParam("status")
          @Nullable String status,
      @QueryParam("q") @Nullable String q,
      @QueryParam("include") @Nullable String include,
      @QueryParam("limit") @Nullable Integer limit,
      @QueryParam("cursor") @Nullable String cursor)
      throws InterruptedException {
    if (include != null && !include.equals("tasks")) {
      throw ProblemException.invalid("include", "can only be tasks");
    }
    if (include != null) {
      caller.get().require(Scope.TASKS_READ);
    }
    Stream.of(type, status, q).filter(Objects::nonNull).forEach(text -> Check.noNul("query", text));
    var filter = new AgentFilter(type, status, q, Pages.after(cursor), include != null);
    return agents.list(caller.get(), filter, Pages.limit(limit), wantsNew());
  }

  @APIResponseSchema(value = Agent.class, responseCode = "201")
  @Operation(summary = "Make an agent")
  @Requires.AgentsWrite
  @POST
  public Response create(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable ObjectNode body) {
    Agent agent = agents.create(caller.get(), required(body));
    return Response.created(URI.create("/api/agents/" + agent.id()))
        .header("ETag", agent.etag())
        .entity(agent)
        .build();
  }

  @APIResponseSchema(Agent.class)
  @Operation(summary = "One agent, with its ETag")
  @CachedResponse
  @Requires.AgentsRead
  @GET
  @Path("/{id}")
  public Response read(
      @PathParam("id") String id, @HeaderParam("If-None-Match") @Nullable String ifNoneMatch)
      throws InterruptedException {
    boolean now = ifNoneMatch != null || wantsNew();
    Cached<Agent> found = agents.read(caller.get(), Ids.parse("agent", id), now);
    Agent agent = found.value();
    var response = Response.ok(agent).header("ETag", agent.etag());
    if (found.source().isHit()) {
      response.header("Age", found.age().toSeconds());
    }
    boolean ofThisMoment = agent.load() != null || found.source().isHit();
    return ofThisMoment ? response.header("Cache-Control", "no-store").build() : response.build();
  }

  @APIResponseSchema(Agent.class)
  @Operation(
      summary = "Change an agent by merge patch (RFC 7396), if it is still the one of If-Match")
  @Requires.AgentsWrite
  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  public Response patch(
      @PathParam("id") String id,
      @HeaderParam("If-Match") @Nullable String ifMatch,
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable ObjectNode body) {
    Agent agent = agents.patch(caller.get(), Ids.parse("agent", id), ifMatch, required(body));
    return Response.ok(agent).header("ETag", agent.etag()).build();
  }

  @Operation(summary = "Delete an agent that has no unfinished tasks")
  @Requires.AgentsWrite
  @DELETE
  @Path("/{id}")
  public void delete(
      @PathParam("id") String id, @HeaderParam("If-Match") @Nullable String ifMatch) {
    agents.delete(caller.get(), Ids.parse("agent", id), ifMatch);
  }

  private boolean wantsNew() {
    return cacheControl.find() != Wish.ANY;
  }

  private static ObjectNode required(@Nullable ObjectNode body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    return body;
  }
}
