package com.sutazai.security.limit;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.id.Ids;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that two programs could read as two different ones: more than one {@code Host},
 * a {@code Transfer-Encoding} besides {@code chunked}, paths that lead to another path. And those
 * that this program would not read as they are meant: compressed bodies.
 *
 * <p>A request in chunks is the last one on its connection. A proxy that goes by a {@code
 * Content-Length} beside them would send the end of its body as the next request (RFC 9112, 6.1);
 * that header is gone before a request gets here, so it cannot be asked for.
 */
@Singleton
class RequestShape {
  /** Before the gate, which could not tell whom such a request is from. */
  private static final int FRAMING_ORDER = 1950;

  /** After the gate, which names the request; before anything is answered. */
  private static final int ORDER = 990;

  private final HttpConfig config;
  private final ErrorForms errors;
  private final Ids ids;
  private final Hosts hosts;

  RequestShape(HttpConfig config, ErrorForms errors, Ids ids) {
    this.config = config;
    this.errors = errors;
    this.ids = ids;
    hosts = new Hosts(config.allowedHosts());
  }

  private record Refusal(ErrorCode code, String detail) {
    static Refusal of(String detail) {
      return new Refusal(ErrorCode.INVALID_REQUEST, detail);
    }
  }

  void register(@Observes Filters filters) {
    filters.register(this::checkFraming, FRAMING_ORDER);
    filters.register(this::check, ORDER);
  }

  /** What the framework itself finds malformed it does not show to filters. */
  void register(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(this::refuseMalformed);
  }

  private void refuseMalformed(RoutingContext context) {
    if (context.statusCode() == 400 && !context.response().headWritten()) {
      refuseAndEnd(
          context,
          Refusal.of(
              "The request is malformed: its path, or its Host header field, is missing or wrong."));
    } else {
      context.next();
    }
  }

  private void checkFraming(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.version() == HttpVersion.HTTP_2) {
      context.next();
      return;
    }
    Throwable unread = UnreadableHead.why(request);
    if (unread != null) {
      refuseAndEnd(context, unreadable(unread));
      return;
    }
    if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      LastRequest.mark(context);
    }
    String broken = framing(request);
    if (broken == null) {
      context.next();
    } else {
      refuseAndEnd(context, Refusal.of(broken));
    }
  }

  private Refusal unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ ->
          new Refusal(
              ErrorCode.URI_TOO_LONG,
              "The first line may have at most "
                  + config.maxRequestLine()
                  + " bytes (sutazai.http.max-request-line); send long values in a body.");
      case TooLongHttpHeaderException _ ->
          new Refusal(
              ErrorCode.HEADERS_TOO_LARGE,
              "All header fields together may have at most "
                  + config.maxHeaderSize().asLongValue()
                  + " bytes (sutazai.http.max-header-size).");
      default -> Refusal.of("The request is malformed: its first line or a header field is.");
    };
  }

  private void refuseAndEnd(RoutingContext context, Refusal why) {
    LastRequest.mark(context);
    context.response().putHeader("X-Request-Id", ids.next().toString());
    refuse(context, why);
  }

  private void check(RoutingContext context) {
    Refusal refusal = refusal(context.request());
    if (refusal == null) {
      context.next();
    } else {
      refuse(context, refusal);
    }
  }

  private void refuse(RoutingContext context, Refusal refusal) {
    if (refusal.code() == ErrorCode.UNSUPPORTED_MEDIA_TYPE) {
      context.response().putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
    }
    context.request().resume(); // a body is read and dropped, so the connection goes on
    errors.refuse(context, Problem.of(refusal.code(), refusal.detail(), null));
  }

  private @Nullable Refusal refusal(HttpServerRequest request) {
    MultiMap headers = request.headers();
    if (count(headers) > config.maxHeaders()) {
      return new Refusal(
          ErrorCode.HEADERS_TOO_LARGE,
          "A request may have at most "
              + config.maxHeaders()
              + " header fields (sutazai.http.max-headers).");
    }
    String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
      return new Refusal(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "Send the body as it is, without Content-Encoding: compressed bodies are not read.");
    }
    if (!hosts.allow(request)) {
      return new Refusal(
          ErrorCode.FORBIDDEN,
          "This Host is not answered; add it to SUTAZAI_HTTP_ALLOWED_HOSTS, or call one of those.");
    }
    String wrong = path(request.path());
    return wrong == null ? null : Refusal.of(wrong);
  }

  private static int count(MultiMap headers) {
    int fields = 0;
    for (var _ : headers) {
      fields++;
    }
    return fields;
  }

  private static @Nullable String framing(HttpServerRequest request) {
    MultiMap headers = request.headers();
    HttpVersion version = request.version();
    if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
      return "The version must be HTTP/1.0, HTTP/1.1 or HTTP/2.";
    }
    if (headers.getAll(HttpHeaders.HOST).size() != 1) {
      return "A request must have one Host header field.";
    }
    List<String> codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
    boolean chunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
    if (!codings.isEmpty() && (!chunked || version == HttpVersion.HTTP_1_0)) {
      return "Transfer-Encoding must be chunked and nothing else, with HTTP/1.1.";
    }
    if (headers.contains("")) {
      return "A header field must have a name.";
    }
    return request.uri().startsWith("/")
        ? null
        : "A request must name a path that begins with /, without scheme and host.";
  }

  /** The gate and the routes must mean the same by a path. */
  private static @Nullable String path(String path) {
    if (path.indexOf('%') < 0 && path.indexOf('.') < 0 && !path.contains("//")) {
      return null;
    }
    String decoded = PathText.decoded(path);
    if (decoded == null) {
      return "The path has a % that no two hexadecimal digits follow.";
    }
    return path.contains("//") || PathText.leadsElsewhere(decoded)
        ? "The path must be in its shortest form, without //, /./ and /../; send it so."
        : null;
  }
}
