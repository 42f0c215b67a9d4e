package com.sutazai.cache.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sutazai.cache.CacheKey;
import com.sutazai.platform.caller.Caller;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an answer is found by: who asked, the path as it was sent, the query with its names in
 * order, and the media types that are accepted. {@code HEAD} is answered from what {@code GET}
 * left. A line break ends each part, which none of them can contain.
 */
final class ResponseKey {
  private ResponseKey() {}

  static CacheKey of(Caller caller, HttpServerRequest request) {
    List<String> accept = request.headers().getAll(HttpHeaders.ACCEPT);
    return of(caller, request.path(), request.query(), String.join(",", accept));
  }

  static CacheKey of(Caller caller, String path, @Nullable String query, String accept) {
    String role = caller.admin() ? "admin\n" : "\n";
    String search = query == null || query.isEmpty() ? "" : canonical(query);
    String text =
        takesJson(accept) && search.isEmpty()
            ? role.concat(path)
            : role + path + '\n' + search + '\n' + (takesJson(accept) ? "" : accept);
    return new CacheKey(caller.owner(), text);
  }

  /** These mean the same to a route that answers JSON. */
  private static boolean takesJson(String accept) {
    return accept.isEmpty() || accept.equals("*/*") || accept.equals("application/json");
  }

  /**
   * Parameters by name. Those of one name keep their order, which may mean something; however a
   * character was escaped, it is the same.
   */
  static String canonical(String query) {
    Map<String, StringBuilder> sorted = new TreeMap<>();
    for (String parameter : query.split("&")) {
      if (!parameter.isEmpty()) {
        String[] parts = parameter.split("=", 2);
        String name = escaped(parts[0]);
        StringBuilder all = sorted.computeIfAbsent(name, first -> new StringBuilder());
        all.append('&').append(name);
        if (parts.length > 1) {
          all.append('=').append(escaped(parts[1]));
        }
      }
    }
    return String.join("", sorted.values());
  }

  /** What is no text once it is decoded stays as it is. */
  private static String escaped(String part) {
    try {
      String decoded = URLDecoder.decode(part, UTF_8);
      return decoded.indexOf('\uFFFD') < 0 ? URLEncoder.encode(decoded, UTF_8) : "!" + part;
    } catch (IllegalArgumentException e) {
      return "!" + part;
    }
  }
}
