package com.sutazai.cache.http;

import com.sutazai.platform.caller.Directives;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How long an answer may be kept, by its header fields (RFC 9111, sections 3 and 5.2.2).
 *
 * <p>{@code private} is heeded by every entry being one caller's. {@code no-cache} would have the
 * resource asked each time, so such an answer is not kept; neither is one that sets cookies, that
 * depends on a field which is not in the key, or that says its end by {@code Expires} alone.
 */
final class Storable {
  private static final Set<String> IN_KEY = Set.of("accept", "authorization");
  private static final long UNSET = Integer.MAX_VALUE;

  private Storable() {}

  /** Zero when it may not be kept at all. */
  static Duration time(MultivaluedMap<String, String> headers) {
    Directives control = Directives.of(all(headers, HttpHeaders.CACHE_CONTROL));
    if (control.has("no-store")
        || control.has("no-cache")
        || headers.containsKey(HttpHeaders.SET_COOKIE)
        || !words(all(headers, HttpHeaders.VARY)).allMatch(IN_KEY::contains)) {
      return Duration.ZERO;
    }
    long maxAge = control.seconds("max-age", UNSET, 0);
    long seconds = control.seconds("s-maxage", maxAge, 0);
    return seconds == UNSET && headers.containsKey(HttpHeaders.EXPIRES)
        ? Duration.ZERO
        : Duration.ofSeconds(seconds);
  }

  /** The field's lines as one. */
  static String all(MultivaluedMap<String, String> headers, String name) {
    return String.join(", ", headers.getOrDefault(name, List.of()));
  }

  /** What a list of names has, in lower case. */
  static Stream<String> words(String list) {
    return Stream.of(list.split(","))
        .map(each -> each.strip().toLowerCase(Locale.ROOT))
        .filter(each -> !each.isEmpty());
  }
}
