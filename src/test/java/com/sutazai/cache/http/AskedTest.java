package com.sutazai.cache.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cache.Cached;
import com.sutazai.cache.Cached.Source;
import com.sutazai.cache.http.StoredResponse.Head;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When an answer past its end is good enough (RFC 9111, section 4.2.4). */
class AskedTest {
  private static Cached<StoredResponse> late(String cacheControl) {
    var head = new Head("/api/x", "application/json", "\"1\"", cacheControl, "Accept", List.of());
    return new Cached<>(
        new StoredResponse(head, new byte[2]),
        Source.MEMORY,
        Duration.ofSeconds(301),
        Duration.ofSeconds(-1));
  }

  @Test
  void a_request_without_conditions_takes_it() {
    assertThat(Asked.of(MultiMap.caseInsensitiveMultiMap()).takesLate(late("private, no-cache")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "Cache-Control, no-cache",
    "Cache-Control, no-store",
    "Cache-Control, max-age=1000",
    "Cache-Control, min-fresh=1",
    "Cache-Control, only-if-cached",
    "Pragma, no-cache",
    "If-None-Match, '\"1\"'",
    "If-None-Match, '\"2\"'",
    "Range, bytes=0-1",
  })
  void a_strict_reader_does_not(String header, String value) {
    assertThat(
            Asked.of(MultiMap.caseInsensitiveMultiMap().add(header, value))
                .takesLate(late("private, no-cache")))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"must-revalidate", "max-age=1, proxy-revalidate", "s-maxage=1"})
  void the_resource_may_forbid_it(String cacheControl) {
    assertThat(Asked.of(MultiMap.caseInsensitiveMultiMap()).takesLate(late(cacheControl)))
        .isFalse();
  }
}
