package com.sutazai.cache;

import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a request's {@code Cache-Control} says (RFC 9111, section 5.2.1). */
public final class RequestDirectives {
  private RequestDirectives() {}

  /** Whether the caller wants nothing that was kept. */
  public static boolean wantsNew(@Nullable String cacheControl) {
    return cacheControl != null
        && Stream.of(cacheControl.split(","))
            .map(directive -> directive.strip().toLowerCase(Locale.ROOT))
            .anyMatch(
                directive ->
                    directive.equals("no-cache")
                        || directive.equals("no-store")
                        || directive.equals("max-age=0"));
  }
}
