package com.sutazai.security.key;

import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import com.sutazai.platform.json.Pages.Page;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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
@Tag(name = "Callers")
@RunOnVirtualThread
@Requires.Admin
class KeyResource {
  private static final String EXAMPLE =
      """
      {"name": "reports", "owner": "alice", "scopes": ["tasks:read", "tasks:write"], "task_types": ["inference"]}\
      """;

  private final Keys keys;
  private final CurrentCaller caller;

  KeyResource(Keys keys, CurrentCaller caller) {
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
    ApiKey key = keys.make(caller.get(), body);
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
