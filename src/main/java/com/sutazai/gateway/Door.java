package com.sutazai.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.CallerWishes;
import com.sutazai.inference.Generation;
import com.sutazai.inference.Inference;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.OriginHeaders;
import com.sutazai.inference.StreamFormat;
import com.sutazai.inference.StreamedAnswers;
import com.sutazai.inference.backend.Collector;
import com.sutazai.platform.caller.Connections;
import com.sutazai.platform.caller.Connections.Listening;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ParserWords;
import com.sutazai.platform.error.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What both doors do alike: read a body, ask the model, and stop when the caller leaves. */
@Singleton
public class Door {
  private final Inference inference;
  private final StreamedAnswers streams;
  private final Connections connections;
  private final CallerWishes wishes;
  private final RoutingContext context;
  private final ObjectMapper json;

  Door(
      Inference inference,
      StreamedAnswers streams,
      Connections connections,
      CallerWishes wishes,
      RoutingContext context,
      ObjectMapper json) {
    this.inference = inference;
    this.streams = streams;
    this.connections = connections;
    this.wishes = wishes;
    this.context = context;
    this.json = json;
  }

  /** The body as a JSON object, whatever media type the client claimed for it. */
  public ObjectNode object(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      throw new ProblemException(ErrorCode.INVALID_REQUEST, "missing request body");
    }
    try {
      if (json.readTree(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new ProblemException(
          ErrorCode.INVALID_JSON, "The body is no JSON: " + ParserWords.of(e));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    throw new ProblemException(ErrorCode.INVALID_REQUEST, "The body must be a JSON object");
  }

  /** A text of the body; null when it is not there. */
  public static @Nullable String text(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw ProblemException.invalid(field, "must be a text");
    }
    return value.textValue();
  }

  /** A text that must be there. */
  public static String required(JsonNode body, String field) {
    String value = text(body, field);
    if (value == null || value.isBlank()) {
      throw ProblemException.invalid(field, "is required");
    }
    return value;
  }

  /** A yes or no of the body. */
  public static boolean flag(JsonNode body, String field, boolean byDefault) {
    Boolean said = choice(body, field);
    return said == null ? byDefault : said;
  }

  /** A yes or no of the body; null when it is not there. */
  public static @Nullable Boolean choice(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isBoolean()) {
      throw ProblemException.invalid(field, "must be true or false");
    }
    return value.booleanValue();
  }

  /** The whole answer, or the error that came instead. */
  public Response whole(ModelRequest request) throws InterruptedException {
    return whole(request, request.operation().collector());
  }

  /** The whole answer, put together by the collector. */
  public Response whole(ModelRequest request, Collector collector) throws InterruptedException {
    try (Listening watch = connections.interruptWhenLeft(context);
        Generation generation = inference.openWhole(wishes.on(request))) {
      JsonNode answer = inference.collect(generation, collector);
      return OriginHeaders.on(Response.ok(answer, MediaType.APPLICATION_JSON), generation.origin())
          .build();
    }
  }

  /** The answer piece by piece; what fails before the first one is an ordinary error. */
  public Response streamed(ModelRequest request, StreamFormat format) throws InterruptedException {
    return streams.of(() -> inference.open(wishes.on(request)), format);
  }

  /** Embeddings, which come as one. */
  public JsonNode embedded(ModelRequest request) throws InterruptedException {
    try (Listening watch = connections.interruptWhenLeft(context)) {
      return inference.embed(wishes.on(request));
    }
  }
}
