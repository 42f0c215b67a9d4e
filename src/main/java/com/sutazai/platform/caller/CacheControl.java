package com.sutazai.platform.caller;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;

/** What the caller of the request at hand says about answers that are kept (RFC 9111, 5.2.1). */
@Singleton
public class CacheControl {
  private final RoutingContext context;

  CacheControl(RoutingContext context) {
    this.context = context;
  }

  /** What a caller may wish. */
  public enum Wish {
    /** Nothing in particular. */
    ANY,
    /** An answer that is made for it, which others may get later. */
    FRESH,
    /** An answer that is made for it and not kept. */
    NOT_KEPT
  }

  public Wish find() {
    List<String> headers = context.request().headers().getAll("Cache-Control");
    return headers.isEmpty() ? Wish.ANY : wish(String.join(",", headers));
  }

  /** {@code max-age=0} is how browsers say {@code no-cache}. */
  static Wish wish(String header) {
    Directives said = Directives.of(header);
    if (said.has("no-store")) {
      return Wish.NOT_KEPT;
    }
    return said.has("no-cache") || said.seconds("max-age", 1, 0) == 0 ? Wish.FRESH : Wish.ANY;
  }
}
