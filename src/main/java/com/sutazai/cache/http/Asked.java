package com.sutazai.cache.http;

import com.sutazai.cache.Cached;
import com.sutazai.platform.caller.Directives;
import com.sutazai.platform.json.EntityTag;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request allows the cache to answer (RFC 9111, section 5.2.1; RFC 9110, section 13).
 *
 * <p>{@code max-stale} changes nothing: past its time an entry is answered for a moment only, while
 * a newer one is made, and to requests that name no condition at all. Of a request with {@code
 * no-store} nothing is kept, and nothing that was kept is answered to it. {@code Range} and {@code
 * If-Modified-Since} are not heeded, as a server may.
 *
 * @param anew whether only the resource may answer
 * @param mayKeep whether the answer may be kept
 * @param onlyKept whether only the cache may answer
 * @param maxAge seconds
 * @param minFresh seconds
 */
record Asked(
    boolean anew,
    boolean mayKeep,
    boolean onlyKept,
    long maxAge,
    long minFresh,
    @Nullable String ifNoneMatch) {
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");
  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final long NO_LIMIT = Integer.MAX_VALUE;
  private static final Asked ANYTHING = new Asked(false, true, false, NO_LIMIT, 0, null);

  static Asked of(MultiMap headers) {
    String control = all(headers, HttpHeaders.CACHE_CONTROL);
    String pragma = control == null ? headers.get(PRAGMA) : null;
    String ifNoneMatch = all(headers, HttpHeaders.IF_NONE_MATCH);
    boolean ranged = headers.contains(RANGE);
    if (control == null && pragma == null && ifNoneMatch == null && !ranged) {
      return ANYTHING;
    }
    Directives directives = Directives.of(control == null ? pragma : control);
    boolean noStore = directives.has("no-store");
    long maxAge = directives.seconds("max-age", NO_LIMIT, 0);
    return new Asked(
        noStore || directives.has("no-cache") || maxAge == 0,
        !noStore && !ranged,
        directives.has("only-if-cached"),
        maxAge,
        directives.seconds("min-fresh", 0, NO_LIMIT),
        ifNoneMatch);
  }

  private static @Nullable String all(MultiMap headers, CharSequence name) {
    String first = headers.get(name);
    if (first == null) {
      return null;
    }
    List<String> all = headers.getAll(name);
    return all.size() == 1 ? first : String.join(", ", all);
  }

  /** Whether the entry is as young and as lasting as the caller wants it. */
  boolean takes(Cached<?> kept) {
    return kept.age().toMillis() <= maxAge * 1000 && kept.ttl().toMillis() >= minFresh * 1000;
  }

  /** Whether one that is past its time is good enough while a newer one is made (section 4.2.4). */
  boolean takesLate(Cached<StoredResponse> kept) {
    return this == ANYTHING && !kept.value().head().mustBeFresh();
  }

  /** Whether the caller has a representation with this tag already: 304 says so. */
  boolean has(String entityTag) {
    return ifNoneMatch != null && EntityTag.isIn(ifNoneMatch, entityTag);
  }

  /** Whether the caller has another one than this, so it may know something newer. */
  boolean hasAnotherThan(String entityTag) {
    return ifNoneMatch != null && !EntityTag.isIn(ifNoneMatch, entityTag);
  }
}
