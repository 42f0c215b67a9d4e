package com.sutazai.engine.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.decode.EngineException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/** Lets in who has the key, and gives each request to its route. */
final class Routes implements Handler<HttpServerRequest> {
  private static final long LARGEST_BODY = 8L << 20;

  /** Read to its end all the same: who is still sending would see a reset and no answer. */
  private static final long MOST_DROPPED = 128L << 20;

  private final byte[] authorization;
  private final Map<String, Route> routes;
  private final ObjectMapper json = new ObjectMapper();

  /** Answers a request with a body; what it throws is told to the caller. */
  @FunctionalInterface
  interface Route {
    void answer(Exchange exchange, RequestBody body);
  }

  /**
   * Routes by method and path.
   *
   * @param key that callers bring
   * @param routes such as {@code POST /api/generate}
   */
  Routes(String key, Map<String, Route> routes) {
    authorization = ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
    this.routes = routes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    var exchange = new Exchange(request);
    String given = request.getHeader("Authorization");
    byte[] bytes = given == null ? new byte[0] : given.getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(bytes, authorization)) {
      exchange.fail(401, "unauthorized");
      return;
    }
    String method = request.method().name();
    Route route = routes.get((method.equals("HEAD") ? "GET" : method) + " " + request.path());
    if (route == null) {
      exchange.fail(404, "404 page not found");
      return;
    }
    var body = new BoundedBody(LARGEST_BODY);
    request.handler(
        part -> {
          body.add(part);
          if (body.length() > MOST_DROPPED) {
            refuseLarge(exchange);
            request.connection().close();
          }
        });
    request.endHandler(
        nothing ->
            body.whole()
                .ifPresentOrElse(
                    whole -> answer(exchange, route, whole), () -> refuseLarge(exchange)));
  }

  private static void refuseLarge(Exchange exchange) {
    exchange.fail(413, "the request is larger than " + LARGEST_BODY + " bytes");
  }

  private void answer(Exchange exchange, Route route, Buffer body) {
    try {
      route.answer(exchange, new RequestBody(parse(body)));
    } catch (EngineException e) {
      exchange.fail(e);
    } catch (StackOverflowError e) {
      exchange.fail(400, "the request is nested deeper than this engine can follow");
    } catch (RuntimeException | Error e) { // a request without an answer would hold its caller
      e.printStackTrace();
      exchange.fail(500, "the engine failed: " + e);
    }
  }

  private ObjectNode parse(Buffer body) {
    if (body.length() == 0) {
      return json.createObjectNode();
    }
    try {
      JsonNode tree = json.readTree(body.getBytes());
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw RequestBody.refused("the body must be a JSON object");
    } catch (JsonProcessingException e) {
      throw RequestBody.refused("the body is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw RequestBody.refused("the body cannot be read: " + e);
    }
  }
}
