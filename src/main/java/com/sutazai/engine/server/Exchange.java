package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.decode.EngineException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** One request and its answer. Belongs to the event loop. */
final class Exchange {
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final List<Runnable> onGone = new ArrayList<>();
  private boolean gone;

  Exchange(HttpServerRequest request) {
    this.request = request;
    response = request.response();
    response.closeHandler(nothing -> leave());
    response.exceptionHandler(failure -> leave());
  }

  private void leave() {
    if (!gone && !response.ended()) {
      gone = true;
      onGone.forEach(Runnable::run);
    }
  }

  /** Whether nobody waits for the answer any more. */
  boolean gone() {
    return gone;
  }

  /** Does something when the caller closes the connection before the answer's end. */
  void onGone(Runnable action) {
    if (gone) {
      action.run();
    } else {
      onGone.add(action);
    }
  }

  String method() {
    return request.method().name();
  }

  String path() {
    return request.path();
  }

  /** The whole answer. */
  void answer(int status, ObjectNode body) {
    if (open()) {
      response
          .setStatusCode(status)
          .putHeader("Content-Type", "application/json; charset=utf-8")
          .end(bytes(body));
    }
  }

  void answer(ObjectNode body) {
    answer(200, body);
  }

  /** An answer of JSON in pieces, each made when the one before has been given to the network. */
  void answer(Iterator<Buffer> pieces, Context loop) {
    if (open()) {
      response.setChunked(true).putHeader("Content-Type", "application/json; charset=utf-8");
      send(pieces, loop);
    }
  }

  private void send(Iterator<Buffer> pieces, Context loop) {
    if (!open()) {
      return;
    }
    if (response.writeQueueFull()) {
      response.drainHandler(nothing -> send(pieces, loop));
      return;
    }
    response.write(pieces.next());
    if (pieces.hasNext()) {
      loop.runOnContext(nothing -> send(pieces, loop));
    } else {
      response.end();
    }
  }

  void text(String body) {
    if (open()) {
      response.putHeader("Content-Type", "text/plain; charset=utf-8").end(body);
    }
  }

  /** An error in place of the answer, or in the middle of one that has begun. */
  void fail(int status, String message) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("error", message);
    if (!response.headWritten()) {
      answer(status, body);
    } else if (open()) {
      line(body);
      end();
    }
  }

  void fail(EngineException failure) {
    int status =
        switch (failure.kind()) {
          case REFUSED -> 400;
          case UNKNOWN_MODEL -> 404;
          case UNRUNNABLE_MODEL -> 501; // says nothing against the engine, unlike a 500
          case BUSY -> 503;
          case CANCELLED -> 499;
          case FAILED -> 500;
        };
    String message = failure.getMessage();
    fail(status, message == null ? failure.kind().name() : message);
  }

  /** One line of an answer in lines. */
  void line(ObjectNode body) {
    if (open()) {
      if (!response.headWritten()) {
        response.setChunked(true).putHeader("Content-Type", "application/x-ndjson");
      }
      response.write(bytes(body).appendByte((byte) '\n'));
    }
  }

  void end() {
    if (open()) {
      response.end();
    }
  }

  private boolean open() {
    return !gone && !response.ended() && !response.closed();
  }

  private static Buffer bytes(ObjectNode body) {
    return Buffer.buffer(body.toString().getBytes(StandardCharsets.UTF_8));
  }
}
