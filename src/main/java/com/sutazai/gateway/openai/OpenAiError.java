package com.sutazai.gateway.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.platform.error.Problem;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/** An error as clients of OpenAI's API expect it. */
@RegisterForReflection
public record OpenAiError(Content error) {
  /**
   * What happened.
   *
   * @param param the field of the request that is at fault, if one is
   * @param code stable name of the error
   */
  @RegisterForReflection
  @JsonInclude
  public record Content(String message, String type, @Nullable String param, String code) {}

  public static OpenAiError of(Problem problem) {
    return new OpenAiError(
        new Content(problem.detail(), type(problem.status()), problem.field(), problem.code()));
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }
}
