package com.sutazai.dashboard;

import com.sutazai.dashboard.WebFile.Variant;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ErrorForms;
import com.sutazai.platform.error.Problem;
import com.sutazai.platform.json.EntityTag;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/**
 * Answers with the page's files, on the event loop, before any route is looked for. At the root it
 * answers only those who ask for HTML with {@code GET}: clients of Ollama look there, too. {@code
 * Range} is not heeded, as a server may (RFC 9110, section 14.2): the files are small.
 */
@Singleton
final class WebRoute {
  /** After the gate; an answer from here takes no place. */
  private static final int ORDER = 940;

  private static final String ROOT = "/";
  private static final String HTML = "text/html";
  private static final CharSequence NONE = HttpHeaders.createOptimized("none");
  private static final int NOT_MODIFIED = 304;
  private static final Problem NO_CODING =
      Problem.of(
          ErrorCode.NOT_ACCEPTABLE,
          "The file is sent as br, gzip or identity, and Accept-Encoding allows none of them.",
          null);

  private final WebFiles files;
  private final ErrorForms errors;

  WebRoute(WebFiles files, ErrorForms errors) {
    this.files = files;
    this.errors = errors;
  }

  void register(@Observes Filters filters) {
    filters.register(this::look, ORDER);
  }

  private void look(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (ROOT.equals(request.path())) {
      context.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }
    wanted(request).ifPresentOrElse(file -> answer(context, file), context::next);
  }

  private Optional<WebFile> wanted(HttpServerRequest request) {
    String path = request.path();
    HttpMethod method = request.method();
    if (ROOT.equals(path)) {
      List<String> accepted = request.headers().getAll(HttpHeaders.ACCEPT);
      boolean html = method == HttpMethod.GET && Weights.of(accepted).name(HTML);
      return html ? files.find(path) : Optional.empty();
    }
    boolean read = method == HttpMethod.GET || method == HttpMethod.HEAD;
    return read && path != null && path.startsWith(WebFiles.ASSETS)
        ? files.find(path)
        : Optional.empty();
  }

  private void answer(RoutingContext context, WebFile file) {
    Endpoint.put(context, file.template());
    context.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    context.request().resume(); // a body is read and dropped, so the connection goes on
    MultiMap sent = context.request().headers();
    file.choose(Weights.of(sent.getAll(HttpHeaders.ACCEPT_ENCODING)))
        .ifPresentOrElse(
            variant -> send(context, file, variant), () -> errors.refuse(context, NO_CODING));
  }

  private static void send(RoutingContext context, WebFile file, Variant variant) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    response
        .putHeader(HttpHeaders.CACHE_CONTROL, file.cacheControl())
        .putHeader(HttpHeaders.ETAG, variant.tag());
    List<String> known = request.headers().getAll(HttpHeaders.IF_NONE_MATCH);
    if (!known.isEmpty() && EntityTag.isIn(String.join(",", known), variant.tag())) {
      response.setStatusCode(NOT_MODIFIED).end();
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, file.type())
        .putHeader(HttpHeaders.ACCEPT_RANGES, NONE)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(variant.body().length()));
    if (variant.coding() != Coding.IDENTITY) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, variant.coding().token());
    }
    if (request.method() == HttpMethod.HEAD) {
      response.end();
    } else {
      response.end(variant.body());
    }
  }
}
