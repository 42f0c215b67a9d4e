package com.sutazai.cache.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tags whose removal failed and is to be made up for before an entry is served again. Past a
 * thousand they are not told apart any more: then everything is to be forgotten.
 */
final class FailedRemovals {
  static final int MAX = 1_000;

  /** The number of the last failure of each tag: one that failed again meanwhile is not done. */
  private final Map<String, Long> tags = new LinkedHashMap<>();

  private long failures;
  private boolean everything;

  synchronized void add(String tag) {
    failures++;
    tags.put(tag, failures);
    if (everything || tags.size() > MAX) {
      everything = true;
      tags.clear();
    }
  }

  synchronized boolean any() {
    return everything || !tags.isEmpty();
  }

  /**
   * Does them; what failed again stays.
   *
   * @param removal of one tag
   * @param all forgets everything
   */
  void makeUp(Consumer<String> removal, Runnable all) {
    long before;
    boolean wanted;
    Map<String, Long> now;
    synchronized (this) {
      before = failures;
      wanted = everything;
      now = new LinkedHashMap<>(tags);
    }
    if (wanted) {
      all.run();
      synchronized (this) {
        everything = failures != before;
      }
    }
    now.forEach(
        (tag, failure) -> {
          removal.accept(tag);
          synchronized (this) {
            tags.remove(tag, failure);
          }
        });
  }
}
