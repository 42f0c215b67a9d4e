package com.sutazai.gateway.ollama;

import com.sutazai.platform.error.ErrorForm;
import com.sutazai.platform.error.Problem;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;

/** Errors as Ollama's clients read them. */
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
          "/api/push",
          "/api/create",
          "/api/copy",
          "/api/delete");

  /** Nothing serves them here; their clients are told so in their words. */
  private static final String BLOBS = "/api/blobs/";

  @Override
  public boolean covers(String path) {
    return PATHS.contains(path) || path.startsWith(BLOBS);
  }

  @Override
  public Object body(Problem problem) {
    return Map.of("error", problem.detail());
  }
}
