package com.sutazai.cache.http;

import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Region;
import com.sutazai.cache.http.CacheStatus.Forward;
import com.sutazai.cache.http.Turns.Turn;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

/**
 * A request that goes on to its resource, and what is to be done with the answer.
 *
 * @param tags what the answer is made of
 * @param start taken before the resource began
 */
record Exchange(
    Region<StoredResponse> region,
    CacheKey key,
    Set<String> tags,
    Asked asked,
    Forward why,
    Turn turn,
    Region.Start start) {

  /** The route's tags, with the path's variables in them. */
  static Set<String> tags(CachedResponse mark, MultivaluedMap<String, String> variables) {
    Set<String> tags = new LinkedHashSet<>();
    for (String tag : mark.tags()) {
      String filled = tag;
      for (String name : variables.keySet()) {
        filled = filled.replace('{' + name + '}', canonical(variables.getFirst(name)));
      }
      tags.add(filled);
    }
    return tags;
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
