package com.sutazai.security.key;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.security.proxy.Proxies;
import com.sutazai.security.quota.Left;
import com.sutazai.security.quota.Quotas;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/auth}: sessions of browsers, in a cookie that no script can read. */
@Path("/api{version:(/v1)?}/auth")
@Tag(name = "Callers")
@RunOnVirtualThread
@Requires.Nothing
class AuthResource {
  private final Users users;
  private final CurrentCaller caller;
  private final Quotas quotas;
  private final Proxies proxies;
  private final RoutingContext context;

  AuthResource(
      Users users, CurrentCaller caller, Quotas quotas, Proxies proxies, RoutingContext context) {
    this.quotas = quotas;
    this.proxies = proxies;
    this.users = users;
    this.caller = caller;
    this.context = context;
  }

  /** Who logs in. */
  @RegisterForReflection
  record Login(@Nullable String email, @Nullable String password) {
    @Override
    public String toString() {
      return "login of " + email;
    }
  }

  /**
   * Whose credentials came with the request.
   *
   * @param keyId the key; null with other credentials
   * @param quotas what is left of the caller's limits; empty without any
   */
  @RegisterForReflection
  record Me(String owner, List<String> scopes, @Nullable UUID keyId, List<Left> quotas) {
    static Me of(Caller caller, List<Left> quotas) {
      return new Me(
          caller.ownerName(),
          caller.scopes().stream().map(Scope::text).toList(),
          caller.keyId(),
          quotas);
    }
  }

  @APIResponse(responseCode = "204", description = "A session began; its cookie is set")
  @Operation(summary = "Begin a session; wrong addresses and passwords are told alike")
  @POST
  @Path("/login")
  public Response login(@Nullable Login body) {
    if (body == null) {
      throw ProblemException.invalid("body", "is required: send a JSON object");
    }
    String address = String.valueOf(proxies.address(context.request()));
    String session = users.login(body.email(), body.password(), address);
    return Response.noContent()
        .cookie(cookie(session, (int) Users.SESSION.toSeconds()))
        .header("Cache-Control", "no-store")
        .build();
  }

  @APIResponse(responseCode = "204", description = "The session ended; its cookie is removed")
  @Operation(summary = "End the session of the cookie")
  @POST
  @Path("/logout")
  public Response logout(@CookieParam(KnownKeys.SESSION_COOKIE) @Nullable String session) {
    if (session != null) {
      users.logout(session);
    }
    return Response.noContent().cookie(cookie("", 0)).build();
  }

  @Operation(summary = "Whose credentials came with the request, and what they open")
  @GET
  @Path("/me")
  public Me me() {
    return Me.of(caller.get(), quotas.left(caller.get()));
  }

  private NewCookie cookie(String value, int seconds) {
    return new NewCookie.Builder(KnownKeys.SESSION_COOKIE)
        .value(value)
        .path("/")
        .httpOnly(true)
        .sameSite(NewCookie.SameSite.STRICT)
        .secure(proxies.isSecure(context.request()))
        .maxAge(seconds)
        .build();
  }
}
