package com.sutazai.gateway;

import com.sutazai.gateway.openai.OpenAiErrors;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Errors at a foreign door have that door's own form; to its clients a model that is not there is a
 * thing that was not found.
 */
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
    boolean openAi = path.startsWith("/v1/");
    if (!openAi && !(path.startsWith("/api/") && OLLAMA.contains(path.substring(5)))) {
      return;
    }
    boolean missing = problem.code().equals(ErrorCode.MODEL_NOT_FOUND.code());
    int status = missing ? 404 : problem.status();
    response.setStatus(status);
    response.setEntity(
        openAi ? OpenAiErrors.body(problem, status) : Map.of("error", problem.detail()),
        null,
        MediaType.APPLICATION_JSON_TYPE);
  }
}
