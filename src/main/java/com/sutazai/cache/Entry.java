package com.sutazai.cache;

import java.util.Set;

/**
 * A value in memory.
 *
 * @param tags what it was made of: when one of them changes, it is no longer true
 * @param since count of changes that were known before it was loaded
 * @param asOf all transactions with a lower id were seen when it was loaded; 0 when that is unknown
 * @param loadedAt epoch milliseconds
 * @param freshUntil epoch milliseconds
 * @param weight bytes, as it is written down, and about what the objects around it take
 */
record Entry<V>(
    V value, Set<String> tags, long since, long asOf, long loadedAt, long freshUntil, int weight) {
  private static final int OBJECTS = 250;

  static int weight(CacheKey key, Set<String> tags, byte[] written) {
    return OBJECTS
        + key.text().length()
        + tags.stream().mapToInt(String::length).sum()
        + written.length;
  }
}
