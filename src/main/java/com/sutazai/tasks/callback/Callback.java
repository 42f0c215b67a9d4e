package com.sutazai.tasks.callback;

import com.sutazai.platform.net.OutsideUrl;
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
        uri.toASCIIString(), uri.getHost().toLowerCase(Locale.ROOT) + ":" + OutsideUrl.port(uri));
  }

  /** As it may be shown: tokens are often in the query. */
  static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }
}
