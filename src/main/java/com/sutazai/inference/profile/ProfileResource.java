package com.sutazai.inference.profile;

import com.sutazai.inference.profile.ProfileAnswer.UnderWay;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/models/profile}. A caller that leaves ends what nobody else waits for. */
@Path("/api{version:(/v1)?}/models/profile")
@RunOnVirtualThread
@Tag(name = "Models")
@Requires.ModelsUse
class ProfileResource {
  private static final Pattern NAME = Pattern.compile("[\\w.:/@-]{1,200}");
  private static final int COME_AGAIN_SECONDS = 5;

  private final Profiles profiles;
  private final CurrentCaller caller;
  private final Connections connections;
  private final RoutingContext context;

  ProfileResource(
      Profiles profiles, CurrentCaller caller, Connections connections, RoutingContext context) {
    this.profiles = profiles;
    this.caller = caller;
    this.connections = connections;
    this.context = context;
  }

  @GET
  @APIResponseSchema(ModelProfile.class)
  @Operation(
      summary =
          "How fast a model is here: load time, first token, tokens per second at 1, 4, 8 and 16 requests; measured when nobody did, or with refresh=true")
  public Response profile(
      @QueryParam("name") @Nullable String name, @QueryParam("refresh") @Nullable String refresh)
      throws InterruptedException {
    if (name != null && !NAME.matcher(name).matches()) {
      throw ProblemException.invalid(
          "name", "must be a model's name: at most 200 letters, digits and . _ : / @ -");
    }
    boolean anew = refresh != null && Check.oneOf("refresh", refresh, "false", "true") == 1;
    try (Listening watch = connections.interruptWhenLeft(context)) {
      return answer(profiles.profile(caller.get(), name, anew));
    }
  }

  private static Response answer(ProfileAnswer answer) {
    return switch (answer) {
      case ModelProfile profile -> Response.ok(profile, MediaType.APPLICATION_JSON).build();
      case UnderWay measuring ->
          Response.accepted(measuring)
              .type(MediaType.APPLICATION_JSON)
              .header("Retry-After", COME_AGAIN_SECONDS)
              .build();
    };
  }
}
