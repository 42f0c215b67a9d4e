package com.sutazai.cache.http;

import com.sutazai.platform.caller.Directives;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** An answer that is kept, ready to be sent: whole, or as 304 without its body. */
final class StoredResponse {
  private final Head head;
  private final Buffer body;
  private final List<Field> whole = new ArrayList<>();
  private final List<Field> notModified = new ArrayList<>();

  /**
   * What stands before the body.
   *
   * @param endpoint template of the route
   * @param others fields that only this answer has; each once for each line
   */
  record Head(
      String endpoint,
      String contentType,
      String etag,
      String cacheControl,
      String vary,
      List<Other> others) {
    Head {
      others = List.copyOf(others);
    }

    /** Whether the resource forbids it past its end (RFC 9111, 5.2.2.2, 5.2.2.8 and 5.2.2.10). */
    boolean mustBeFresh() {
      Directives said = Directives.of(cacheControl);
      return said.has("must-revalidate") || said.has("proxy-revalidate") || said.has("s-maxage");
    }
  }

  /** A header line that the resource set. */
  record Other(String name, String value) {}

  /** A header line as it is sent. */
  private record Field(CharSequence name, CharSequence value) {
    static Field of(CharSequence name, String value) {
      return new Field(name, HttpHeaders.createOptimized(value));
    }
  }

  StoredResponse(Head head, byte[] body) {
    this.head = head;
    this.body = Buffer.buffer(body);
    List<Field> both =
        List.of(
            Field.of(HttpHeaders.CACHE_CONTROL, head.cacheControl()),
            Field.of(HttpHeaders.ETAG, head.etag()),
            Field.of(HttpHeaders.VARY, head.vary()));
    whole.add(Field.of(HttpHeaders.CONTENT_TYPE, head.contentType()));
    whole.add(Field.of(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length)));
    whole.addAll(both);
    notModified.addAll(both);
    for (Other other : head.others()) {
      Field field = Field.of(HttpHeaders.createOptimized(other.name()), other.value());
      whole.add(field);
      if (other.name().equalsIgnoreCase("Content-Location")) {
        notModified.add(field);
      }
    }
  }

  Head head() {
    return head;
  }

  Buffer body() {
    return body;
  }

  /** The header lines of 200, or of 304 (RFC 9110, section 15.4.5). */
  void forEachField(boolean withBody, BiConsumer<CharSequence, CharSequence> consumer) {
    List<Field> fields = withBody ? whole : notModified;
    for (int i = 0; i < fields.size(); i++) {
      consumer.accept(fields.get(i).name(), fields.get(i).value());
    }
  }
}
