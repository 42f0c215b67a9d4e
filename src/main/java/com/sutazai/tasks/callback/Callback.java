package com.sutazai.tasks.callback;

import java.net.URI;
import java.util.Locale;

/**
 * Where the end of a task is to be told; checked by {@link Callbacks#checked}.
 *
 * @param receiver host and port, the same for every path there
 */
public record Callback(String url, String receiver) {
  static Callback of(URI uri) {
    return new Callback(
        uri.toASCIIString(), uri.getHost().toLowerCase(Locale.ROOT) + ":" + port(uri));
  }

  static int port(URI uri) {
    return uri.getPort() > 0 ? uri.getPort() : isTls(uri) ? 443 : 80;
  }

  static boolean isTls(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /** As it may be shown: tokens are often in the query. */
  static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }
}
