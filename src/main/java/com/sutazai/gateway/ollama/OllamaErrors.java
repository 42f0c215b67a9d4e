package com.sutazai.gateway.ollama;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForm;
import com.sutazai.platform.error.Problem;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/** Errors as Ollama's clients read them, to whom a model that is not there was not found. */
@Singleton
class OllamaErrors implements ErrorForm {
  private static final Set<String> PATHS =
      Set.of(
          "/api/generate",
          "/api/chat",
          "/api/embed",
          "/api/embeddings",
          "/api/tags",
          "/api/ps",
          "/api/show",
          "/api/version",
          "/api/pull",
          "/api/create",
          "/api/copy",
          "/api/delete");

  @Override
  public boolean covers(String path) {
    return PATHS.contains(path);
  }

  @Override
  public int status(Problem problem) {
    return problem.code().equals(ErrorCode.MODEL_NOT_FOUND.code()) ? 404 : problem.status();
  }

  @Override
  public Object body(Problem problem) {
    return Map.of("error", problem.detail());
  }
}
