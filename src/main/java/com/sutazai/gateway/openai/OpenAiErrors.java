package com.sutazai.gateway.openai;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.error.ProblemException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Catalogued errors in OpenAI's shape, with the status that its clients expect. */
public final class OpenAiErrors {
  private static final Logger LOG = Logger.getLogger(OpenAiErrors.class);

  private OpenAiErrors() {}

  /** The answer to a request that ended so. */
  public static Response response(Throwable failure) {
    ProblemException problem = problem(failure);
    Response.ResponseBuilder response =
        Response.status(status(problem.code()))
            .type(MediaType.APPLICATION_JSON)
            .entity(body(problem));
    Duration wait = problem.retryAfter();
    if (wait != null) {
      response.header(HttpHeaders.RETRY_AFTER, Math.max(1, (wait.toMillis() + 999) / 1000));
    }
    return response.build();
  }

  /** The status of an error: the catalogue's, but a missing model is a thing that is not there. */
  public static int status(ErrorCode code) {
    return code == ErrorCode.MODEL_NOT_FOUND ? 404 : code.status();
  }

  /** The body of an error. */
  public static OpenAiError body(ProblemException problem) {
    ErrorCode code = problem.code();
    return body(Problem.of(problem), status(code));
  }

  /** The body of an error that is answered with this status. */
  public static OpenAiError body(Problem problem, int status) {
    return new OpenAiError(
        new OpenAiError.Details(problem.detail(), type(status), problem.field(), problem.code()));
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }

  private static ProblemException problem(Throwable failure) {
    return switch (failure) {
      case ProblemException problem -> problem;
      case InterruptedException stopped ->
          new ProblemException(
                  ErrorCode.SHUTTING_DOWN, "The request was interrupted; send it again.")
              .causedBy(stopped);
      case IOException broken -> {
        LOG.debug("A body could not be read to its end", broken);
        yield new ProblemException(
                ErrorCode.INVALID_REQUEST, "The body could not be read to its end.")
            .causedBy(broken);
      }
      case WebApplicationException web when web.getResponse().getStatus() < 500 ->
          new ProblemException(code(web.getResponse().getStatus()), "The request cannot be taken.")
              .causedBy(web);
      default -> {
        LOG.error("Request failed", failure);
        yield new ProblemException(
                ErrorCode.INTERNAL, "The failure was logged; it is not the request's fault.")
            .causedBy(failure);
      }
    };
  }

  private static ErrorCode code(int status) {
    return switch (status) {
      case 404 -> ErrorCode.NOT_FOUND;
      case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
      case 406 -> ErrorCode.NOT_ACCEPTABLE;
      case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
      case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
      default -> ErrorCode.INVALID_REQUEST;
    };
  }
}
