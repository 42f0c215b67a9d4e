package com.sutazai.platform.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.vertx.core.VertxException;
import io.vertx.ext.web.RoutingContext;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Turns everything that can end a request into a problem document, which {@link ErrorForms} tells.
 */
class ProblemMapper {
  private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final Map<ErrorCode, Long> told = new ConcurrentHashMap<>();
  private final RoutingContext context;
  private final ListedRoutes routes;

  ProblemMapper(RoutingContext context, ListedRoutes routes) {
    this.context = context;
    this.routes = routes;
  }

  /** An outage fails every request alike; telling it now and then is enough. */
  private boolean isDue(ErrorCode code) {
    long now = System.nanoTime();
    Long last = told.putIfAbsent(code, now);
    return last == null || (now - last > QUIET.toNanos() && told.replace(code, last, now));
  }

  @ServerExceptionMapper
  public Response problem(ProblemException failure) {
    ProblemException early = failure.code().status() >= 500 ? EarlyEnd.reason(context) : null;
    ProblemException e = early == null ? failure : early;
    if (e.code().status() >= 500 && isDue(e.code())) {
      LOG.warnf(
          "%s: %s%s",
          e.code().code(), e.detail(), e.getCause() == null ? "" : " (" + e.getCause() + ")");
    }
    return response(e);
  }

  private static Response response(ProblemException e) {
    Response.ResponseBuilder response = Response.fromResponse(Problem.of(e).response());
    var wait = e.retryAfter();
    if (wait != null) {
      response.header(HttpHeaders.RETRY_AFTER, Math.max(1, (wait.toMillis() + 999) / 1000));
    }
    return response.build();
  }

  @ServerExceptionMapper
  public Response json(JsonMappingException e) {
    return unreadable(e).response();
  }

  /** The framework maps this subclass itself unless it is named here. */
  @ServerExceptionMapper
  public Response mismatch(MismatchedInputException e) {
    return unreadable(e).response();
  }

  @ServerExceptionMapper
  public Response violation(ConstraintViolationException e) {
    var first =
        e.getConstraintViolations().stream()
            .min(java.util.Comparator.comparing(v -> v.getPropertyPath().toString()))
            .orElseThrow();
    String field = lastNode(first.getPropertyPath().toString());
    String detail =
        e.getConstraintViolations().stream()
            .map(v -> lastNode(v.getPropertyPath().toString()) + " " + v.getMessage())
            .sorted()
            .collect(Collectors.joining("; "));
    return Problem.of(ErrorCode.INVALID_REQUEST, detail, field).response();
  }

  @ServerExceptionMapper
  public Response web(WebApplicationException e) {
    if (e.getCause() instanceof JsonProcessingException json) {
      return unreadable(json).response();
    }
    if (e.getCause() instanceof ProblemException problem) { // a parameter that cannot be read
      return problem(problem);
    }
    int status = e.getResponse().getStatus();
    if (status < 400) {
      return e.getResponse();
    }
    if (status == 404 || status == 405) {
      return unrouted(status);
    }
    ErrorCode code =
        switch (status) {
          case 401 -> ErrorCode.UNAUTHENTICATED;
          case 403 -> ErrorCode.FORBIDDEN;
          case 406 -> ErrorCode.NOT_ACCEPTABLE;
          case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
          case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
          default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    if (code == ErrorCode.INTERNAL) {
      LOG.error("Request failed", e);
    }
    return Problem.of(code, detail(code), null).response();
  }

  /** No method answers the request; where others do, they are named. */
  private Response unrouted(int status) {
    Set<String> methods = routes.methods(context.normalizedPath());
    boolean other = !methods.isEmpty() && !methods.contains(context.request().method().name());
    ErrorCode code = other || status == 405 ? ErrorCode.METHOD_NOT_ALLOWED : ErrorCode.NOT_FOUND;
    Response problem = Problem.of(code, detail(code), null).response();
    return other
        ? Response.fromResponse(problem)
            .header(HttpHeaders.ALLOW, String.join(", ", methods))
            .build()
        : problem;
  }

  /** The caller went away or may not ask any more, or the program is being stopped. */
  @ServerExceptionMapper
  public Response interrupted(InterruptedException e) {
    LOG.debug("A request was interrupted", e);
    ProblemException early = EarlyEnd.reason(context);
    return response(
        early == null
            ? new ProblemException(
                    ErrorCode.SHUTTING_DOWN, "The request was interrupted; send it again.")
                .retryAfter(SOON)
            : early);
  }

  /** Streams are read of bodies alone, and the caller broke its own off. */
  @ServerExceptionMapper
  public Response cutOff(IOException e) {
    LOG.debug("A body could not be read to its end", e);
    return Problem.of(ErrorCode.INVALID_REQUEST, "The body could not be read to its end.", null)
        .response();
  }

  @ServerExceptionMapper
  public Response broken(VertxException e) {
    LOG.debug("Connection broke", e);
    return Problem.of(ErrorCode.INTERNAL, ErrorCode.INTERNAL.title(), null).response();
  }

  @ServerExceptionMapper
  public Response unexpected(Throwable e) {
    LOG.error("Request failed", e);
    return Problem.of(
            ErrorCode.INTERNAL, "The failure was logged; it is not the request's fault.", null)
        .response();
  }

  private static Problem unreadable(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      String field = path(unknown);
      return Problem.of(
          ErrorCode.INVALID_REQUEST,
          field
              + " is not a known field; known are "
              + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList(),
          field);
    }
    if (e.getCause() instanceof ProblemException problem) {
      return Problem.of(problem);
    }
    if (e instanceof JsonMappingException mapping
        && !mapping.getPath().isEmpty()
        && !isBroken(e.getCause())) {
      String field = path(mapping);
      return Problem.of(ErrorCode.INVALID_REQUEST, field + " " + rule(mapping), field);
    }
    if (e instanceof JsonMappingException
        && !(e.getCause() instanceof JsonProcessingException)
        && e.getProcessor() != null
        && !e.getClass().equals(JsonMappingException.class)) {
      return Problem.of(ErrorCode.INVALID_REQUEST, "The body " + rule(e), null);
    }
    return Problem.of(ErrorCode.INVALID_JSON, ParserWords.of(e), null);
  }

  /** Whether the text itself is at fault, not a value in it. */
  private static boolean isBroken(@Nullable Throwable cause) {
    return cause instanceof StreamConstraintsException
        || (cause instanceof StreamReadException && !(cause instanceof InputCoercionException));
  }

  private static String rule(JsonProcessingException e) {
    if (e.getCause() instanceof InputCoercionException) {
      return "must be a number within the range of the field";
    }
    return e instanceof MismatchedInputException mismatch
        ? WantedKind.rule(mismatch)
        : "cannot be read: " + ParserWords.of(e);
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }

  private static String lastNode(String path) {
    String node = path.substring(path.lastIndexOf('.') + 1);
    return node.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT);
  }

  private static String detail(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> "No route answers this path; /q/openapi lists them.";
      case METHOD_NOT_ALLOWED -> "The path exists, but not with this method; see the Allow header.";
      case UNSUPPORTED_MEDIA_TYPE -> "Send Content-Type: application/json.";
      case PAYLOAD_TOO_LARGE -> "The body is larger than this route takes.";
      default -> code.title();
    };
  }
}
