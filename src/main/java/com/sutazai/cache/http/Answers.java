package com.sutazai.cache.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.cache.http.CacheStatus.Forward;
import com.sutazai.cache.http.StoredResponse.Head;
import com.sutazai.cache.http.StoredResponse.Other;
import com.sutazai.platform.caller.Endpoint;
import com.sutazai.platform.json.EntityTag;
import com.sutazai.platform.metric.MetricNames;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.File;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;

/** Writes what resources answer, once, for the caller and for the region. */
@Singleton
class Answers {
  private static final MediaType JSON = new MediaType("application", "json", "UTF-8");

  /** Fields that are said apart, or of this one connection alone (RFC 9111, section 3.1). */
  private static final Set<String> NOT_OTHERS =
      Set.of(
          "content-type",
          "content-length",
          "etag",
          "cache-control",
          "vary",
          "age",
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final ObjectMapper json;

  Answers(ObjectMapper json) {
    this.json = json;
  }

  /**
   * What became of an answer.
   *
   * @param keepable whether another request's like this would be kept
   */
  record Outcome(Forward why, boolean keepable, boolean stored) {}

  /** Keeps the answer if it may, and makes the response what it is to be on the wire. */
  Outcome keep(Exchange exchange, ContainerResponseContext response, boolean head) {
    if (response.getStatus() != Status.OK.getStatusCode()) {
      response
          .getHeaders()
          .putIfAbsent(HttpHeaders.CACHE_CONTROL, List.of(KeptResponses.ASK_FIRST));
      return new Outcome(exchange.why(), false, false);
    }
    if (!isJson(response)) {
      return new Outcome(Forward.BYPASS, false, false);
    }
    byte[] body = bytes(response.getEntity());
    MultivaluedMap<String, String> headers = response.getStringHeaders();
    Head line = head(headers, body);
    Duration time = Storable.time(headers);
    boolean stored = exchange.asked().mayKeep() && time.isPositive();
    if (stored) {
      exchange
          .region()
          .put(
              exchange.key(),
              exchange.start(),
              new StoredResponse(line, body),
              exchange.tags(),
              time);
    }
    send(response, exchange.asked(), line, body, head);
    return new Outcome(exchange.why(), time.isPositive(), stored);
  }

  private static boolean isJson(ContainerResponseContext response) {
    MediaType type = response.getMediaType();
    Object entity = response.getEntity();
    boolean written = type != null && type.isCompatible(JSON);
    return switch (entity) {
      case null -> false;
      case CharSequence text -> written;
      case byte[] bytes -> written;
      case InputStream stream -> false;
      case StreamingOutput stream -> false;
      case File file -> false;
      default -> type == null || written;
    };
  }

  private byte[] bytes(Object entity) {
    try {
      return switch (entity) {
        case CharSequence text -> text.toString().getBytes(StandardCharsets.UTF_8);
        case byte[] bytes -> bytes;
        default -> json.writeValueAsBytes(entity);
      };
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Head head(MultivaluedMap<String, String> headers, byte[] body) {
    String etag = headers.getFirst(HttpHeaders.ETAG);
    String control = Storable.all(headers, HttpHeaders.CACHE_CONTROL);
    String endpoint = Endpoint.find(CurrentRequestManager.get().unwrap(RoutingContext.class));
    return new Head(
        endpoint == null ? MetricNames.OTHER : endpoint,
        KeptResponses.JSON,
        etag == null ? EntityTag.of(body) : etag,
        control.isEmpty() ? KeptResponses.ASK_FIRST : control,
        vary(Storable.all(headers, HttpHeaders.VARY)),
        others(headers));
  }

  private static String vary(String said) {
    return Stream.concat(Stream.of("Accept", "Authorization"), Stream.of(said.split(",")))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(
            Collectors.toMap(
                name -> name.toLowerCase(Locale.ROOT),
                name -> name,
                (first, again) -> first,
                LinkedHashMap::new))
        .values()
        .stream()
        .collect(Collectors.joining(", "));
  }

  private static List<Other> others(MultivaluedMap<String, String> headers) {
    Set<String> ofConnection =
        Storable.words(Storable.all(headers, "Connection")).collect(Collectors.toSet());
    return headers.entrySet().stream()
        .filter(line -> !NOT_OTHERS.contains(line.getKey().toLowerCase(Locale.ROOT)))
        .filter(line -> !ofConnection.contains(line.getKey().toLowerCase(Locale.ROOT)))
        .flatMap(line -> line.getValue().stream().map(value -> new Other(line.getKey(), value)))
        .toList();
  }

  private static void send(
      ContainerResponseContext response, Asked asked, Head line, byte[] body, boolean head) {
    boolean known = asked.has(line.etag());
    if (known) {
      response.setStatus(Status.NOT_MODIFIED.getStatusCode());
      response.setEntity(null);
    } else {
      response.setEntity(body, new Annotation[0], JSON);
    }
    MultivaluedMap<String, Object> headers = response.getHeaders();
    headers.putSingle(HttpHeaders.ETAG, line.etag());
    headers.putSingle(HttpHeaders.CACHE_CONTROL, line.cacheControl());
    headers.putSingle(HttpHeaders.VARY, line.vary());
    if (known) {
      headers.remove(HttpHeaders.CONTENT_TYPE);
      headers.remove(HttpHeaders.CONTENT_LENGTH);
    } else if (head) {
      headers.putSingle(HttpHeaders.CONTENT_LENGTH, body.length);
    }
  }
}
