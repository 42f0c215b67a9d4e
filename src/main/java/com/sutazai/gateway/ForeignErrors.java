package com.sutazai.gateway;

import com.sutazai.gateway.openai.OpenAiError;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Errors at a foreign door have that door's own form. */
@Singleton
class ForeignErrors {
  private static final Set<String> OLLAMA =
      Set.of(
          "generate",
          "chat",
          "embed",
          "embeddings",
          "tags",
          "ps",
          "show",
          "version",
          "pull",
          "create",
          "copy",
          "delete");

  @ServerResponseFilter
  public void translate(ContainerRequestContext request, ContainerResponseContext response) {
    if (!(response.getEntity() instanceof Problem problem)) {
      return;
    }
    String path = request.getUriInfo().getPath();
    if (path.startsWith("/v1/")) {
      replace(response, problem, OpenAiError.of(problem));
    } else if (path.startsWith("/api/") && OLLAMA.contains(path.substring(5))) {
      replace(response, problem, Map.of("error", problem.detail()));
    }
  }

  /** To clients of these doors a model that is not there is a thing that was not found. */
  private static void replace(
      ContainerResponseContext response, Problem problem, Object replacement) {
    if (problem.code().equals(ErrorCode.MODEL_NOT_FOUND.code())) {
      response.setStatus(404);
    }
    response.setEntity(replacement, null, MediaType.APPLICATION_JSON_TYPE);
  }
}
