package com.sutazai.gateway.openai;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForm;
import com.sutazai.platform.error.Problem;
import jakarta.inject.Singleton;

/** Errors as OpenAI's clients read them. */
@Singleton
public class OpenAiErrors implements ErrorForm {
  @Override
  public boolean covers(String path) {
    return path.startsWith("/v1/");
  }

  @Override
  public OpenAiError body(Problem problem) {
    return new OpenAiError(
        new OpenAiError.Details(
            problem.detail(), type(status(problem)), problem.field(), code(problem)));
  }

  /** Our own name, where OpenAI's clients do not branch on another. */
  private static String code(Problem problem) {
    return problem.code().equals(ErrorCode.QUOTA_EXCEEDED.code())
        ? "rate_limit_exceeded"
        : problem.code();
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
