package com.sutazai.gateway.ollama;

import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/**
 * Ollama's clients look at the root to see whether it is there, whatever they accept. Browsers get
 * a page instead.
 */
@Path("/")
@Requires.Nothing
class RootResource {
  @GET
  @NonBlocking
  public Response running() {
    return Response.ok("Ollama is running", "text/plain;charset=UTF-8").build();
  }
}
