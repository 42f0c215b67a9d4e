package com.sutazai.security.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/keys}. */
@Path("/api{version:(/v1)?}/keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callers")
@RunOnVirtualThread
@Requires.Admin
class KeyResource {
  private static final String EXAMPLE =
      """
      {"name": "reports", "owner": "alice", "scopes": ["tasks:read", "tasks:write"], "task_types": ["inference"],
       "limits": {"requests_per_minute": 600}}\
      """;

  private static final String LIMITS =
      """
      {"limits": {"requests_per_minute": 600, "tokens_per_day": 1000000, "concurrent_generations": 4, "weight": 2}}\
      """;

  private final Keys keys;
  private final ObjectMapper json;
  private final CurrentCaller caller;

  KeyResource(Keys keys, CurrentCaller caller, ObjectMapper json) {
    this.json = json;
    this.keys = keys;
    this.caller = caller;
  }

  /**
   * How to rotate a key.
   *
   * @param graceSeconds how long the old secret goes on
   */
  @RegisterForReflection
  record Rotation(@Nullable Integer graceSeconds) {}

  @Operation(summary = "The keys of an owner, newest first, without their secrets")
  @GET
  public Page<ApiKey> list(
      @QueryParam("limit") @Nullable Integer limit, @QueryParam("cursor") @Nullable String cursor) {
    return keys.list(caller.get(), Pages.after(cursor), Pages.limit(limit));
  }

  @APIResponseSchema(value = ApiKey.class, responseCode = "201")
  @Operation(
      summary =
          "Make a key; its secret is in this answer alone. Where nobody needed one, all do from now on")
  @POST
  public Response make(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable MakeKey body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    ApiKey key = keys.make(caller.get(), body, LimitKey.first(body.limits(), json));
    return Response.created(URI.create("/api/keys/" + key.id()))
        .header("Cache-Control", "no-store")
        .entity(key)
        .build();
  }

  @Operation(summary = "One key, without its secret")
  @GET
  @Path("/{id}")
  public ApiKey read(@PathParam("id") String id) {
    return keys.find(caller.get(), Ids.parse("key", id));
  }

  @Operation(summary = "Change what a key may ask for, by a merge patch; null: as the settings say")
  @PATCH
  @Path("/{id}")
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  public ApiKey limit(
      @PathParam("id") String id,
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = LIMITS))
          @Nullable JsonNode body) {
    return keys.limit(caller.get(), Ids.parse("key", id), LimitKey.of(body, json));
  }

  @APIResponseSchema(ApiKey.class)
  @Operation(summary = "Give a key another secret; the old one ends now or after a grace")
  @POST
  @Path("/{id}/rotate")
  public Response rotate(@PathParam("id") String id, @Nullable Rotation body) {
    ApiKey key =
        keys.rotate(caller.get(), Ids.parse("key", id), body == null ? null : body.graceSeconds());
    return Response.ok(key).header("Cache-Control", "no-store").build();
  }

  @Operation(summary = "Revoke a key: here at once, in other processes within five seconds")
  @DELETE
  @Path("/{id}")
  public ApiKey revoke(@PathParam("id") String id) {
    return keys.revoke(caller.get(), Ids.parse("key", id));
  }
}
