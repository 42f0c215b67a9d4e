package com.sutazai.cache.http;

import com.sutazai.platform.caller.Scope;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A route whose answers are kept: a bean for each method that is marked {@link CachedResponse}. It
 * stands beside the method because a native image knows no values of annotations.
 *
 * @param endpoint template, as metrics name it
 * @param scope what the method requires, because an answer from memory runs no method
 * @param region where its answers are kept
 * @param tags what an answer is made of, as {@link com.sutazai.cache.Tags} says it; <code>{id}
 *     </code> stands for the path's variable of that name
 */
public record CachedRoute(String endpoint, Scope scope, Kept region, List<String> tags) {
  private static final String API = "/api/";

  public CachedRoute {
    tags = List.copyOf(tags);
  }

  /** What its paths begin with. */
  List<String> prefixes() {
    int variable = endpoint.indexOf('{');
    String prefix = variable < 0 ? endpoint : endpoint.substring(0, variable);
    return prefix.startsWith(API)
        ? List.of(prefix, "/api/v1/" + prefix.substring(API.length()))
        : List.of(prefix);
  }

  /** The tags of an answer to a path with these variables. */
  Set<String> tags(MultivaluedMap<String, String> variables) {
    Set<String> filled = new LinkedHashSet<>();
    for (String tag : tags) {
      String text = tag;
      for (String name : variables.keySet()) {
        text = text.replace('{' + name + '}', canonical(variables.getFirst(name)));
      }
      filled.add(text);
    }
    return filled;
  }

  /** Identifiers may be sent in capitals, and stand in tags in small letters. */
  private static String canonical(String value) {
    try {
      return UUID.fromString(value).toString();
    } catch (IllegalArgumentException e) {
      return value;
    }
  }
}
