package com.sutazai.platform.caller;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Which route a request was answered by, as its template. */
public final class Endpoint {
  private static final String KEY = "sutazai.endpoint";

  private Endpoint() {}

  /** Says it, once it is known. */
  public static void put(RoutingContext context, String template) {
    context.put(KEY, template);
  }

  /** The template; null as long as no route of ours is known to answer. */
  public static @Nullable String find(RoutingContext context) {
    return context.get(KEY);
  }
}
