package com.sutazai.inference;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jspecify.annotations.Nullable;

/** The part of Ollama's API that tells which models are installed. */
@RegisterRestClient(configKey = "ollama")
interface OllamaModels {
  /** Answer of {@code GET /api/tags}, as far as it is used here. */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Tags(@Nullable List<Tag> models) {}

  /** One installed model, such as {@code tinyllama:latest}. */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Tag(@Nullable String name) {}

  @GET
  @Path("/api/tags")
  Tags tags();
}
