package com.sutazai.platform.caller;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;

/** What the caller of the request at hand says about answers that are kept (RFC 9111, 5.2.1). */
@ApplicationScoped
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
    Wish wish = Wish.ANY;
    for (String each : header.split(",")) {
      switch (each.strip().toLowerCase(Locale.ROOT)) {
        case "no-store" -> {
          return Wish.NOT_KEPT;
        }
        case "no-cache", "max-age=0" -> wish = Wish.FRESH;
        default -> {}
      }
    }
    return wish;
  }
}
