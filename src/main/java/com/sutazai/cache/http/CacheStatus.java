package com.sutazai.cache.http;

import com.sutazai.cache.Cached;

/** What the header {@code Cache-Status} says (RFC 9211). */
final class CacheStatus {
  static final String HEADER = "Cache-Status";
  private static final String CACHE = "sutazai";

  private CacheStatus() {}

  /** Why the resource was asked. */
  enum Forward {
    /** Nothing that is kept is true and fresh. */
    URI_MISS("uri-miss"),

    /** The request did not want what is kept. */
    REQUEST("request"),

    /** The answer is no JSON. */
    BYPASS("bypass");

    private final String word;

    Forward(String word) {
      this.word = word;
    }
  }

  static String hit(Cached<?> kept) {
    return CACHE + "; hit; ttl=" + kept.ttl().toSeconds();
  }

  static String collapsed() {
    return CACHE + "; fwd=uri-miss; collapsed";
  }

  static String forwarded(Forward why, boolean stored) {
    return CACHE + "; fwd=" + why.word + (stored ? "; stored" : "");
  }

  static String notAsked() {
    return CACHE + "; detail=only-if-cached";
  }
}
