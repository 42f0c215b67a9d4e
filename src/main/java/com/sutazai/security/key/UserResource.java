package com.sutazai.security.key;

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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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

/** {@code /api/users}. */
@Path("/api{version:(/v1)?}/users")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callers")
@RunOnVirtualThread
@Requires.Admin
class UserResource {
  private static final String EXAMPLE =
      """
      {"email": "ann@example.com", "password": "correct horse battery", "roles": ["administrator"]}\
      """;

  private final Users users;
  private final CurrentCaller caller;

  UserResource(Users users, CurrentCaller caller) {
    this.users = users;
    this.caller = caller;
  }

  /** Another password. */
  @RegisterForReflection
  record NewPassword(@Nullable String password) {
    @Override
    public String toString() {
      return "a password";
    }
  }

  @Operation(summary = "Those who may log in, newest first")
  @GET
  public Page<User> list(
      @QueryParam("limit") @Nullable Integer limit, @QueryParam("cursor") @Nullable String cursor) {
    return users.list(Pages.after(cursor), Pages.limit(limit));
  }

  @APIResponseSchema(value = User.class, responseCode = "201")
  @Operation(summary = "Make a user, who logs in with address and password")
  @POST
  public Response make(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable MakeUser body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    User user = users.make(caller.get(), body);
    return Response.created(URI.create("/api/users/" + user.id())).entity(user).build();
  }

  @Operation(summary = "Set a user's password; the user's sessions end")
  @PUT
  @Consumes(MediaType.APPLICATION_JSON) // a text would be taken for the one field
  @Path("/{id}/password")
  public void setPassword(@PathParam("id") String id, @Nullable NewPassword body) {
    users.setPassword(Ids.parse("user", id), body == null ? null : body.password());
  }

  @Operation(summary = "Remove a user and end the sessions; what belongs to the owner stays")
  @DELETE
  @Path("/{id}")
  public void delete(@PathParam("id") String id) {
    users.delete(Ids.parse("user", id));
  }
}
