package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import org.jspecify.annotations.Nullable;

/** What model servers tell about themselves. */
@Path("")
interface ServerLists {
  /** Models that an Ollama server has. */
  @GET
  @Path("/api/tags")
  ObjectNode ollamaModels(@HeaderParam("Authorization") @Nullable String authorization);

  /** Models that an OpenAI-compatible server has. */
  @GET
  @Path("/v1/models")
  ObjectNode openAiModels(@HeaderParam("Authorization") @Nullable String authorization);

  /** Properties of a llama-server; others have no such route. */
  @GET
  @Path("/props")
  ObjectNode properties(@HeaderParam("Authorization") @Nullable String authorization);
}
