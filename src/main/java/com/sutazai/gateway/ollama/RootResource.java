package com.sutazai.gateway.ollama;

import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Ollama's clients look at the root to see whether it is there. */
@Path("/")
@Requires.Nothing
class RootResource {
  @GET
  @NonBlocking
  @Produces(MediaType.TEXT_PLAIN)
  public String running() {
    return "Ollama is running";
  }
}
