package com.sutazai.gateway.openai;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForm;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import jakarta.inject.Singleton;

/** Errors as OpenAI's clients read them, to whom a model that is not there was not found. */
@Singleton
public class OpenAiErrors implements ErrorForm {
  @Override
  public boolean covers(String path) {
    return path.startsWith("/v1/");
  }

  @Override
  public int status(Problem problem) {
    return statusOf(problem);
  }

  @Override
  public OpenAiError body(Problem problem) {
    return bodyOf(problem);
  }

  /** The status of an error that is told within a body. */
  public static int statusOf(Problem problem) {
    return problem.code().equals(ErrorCode.MODEL_NOT_FOUND.code()) ? 404 : problem.status();
  }

  /** An error that is told within a body or a stream. */
  public static OpenAiError bodyOf(ProblemException problem) {
    return bodyOf(Problem.of(problem));
  }

  private static OpenAiError bodyOf(Problem problem) {
    return new OpenAiError(
        new OpenAiError.Details(
            problem.detail(), type(statusOf(problem)), problem.field(), problem.code()));
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
