package com.sutazai.cache;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gets a value from where it really is; runs on a virtual thread and may wait. */
public interface Loader<V> {
  /** The value; null when there is none, which is not kept. */
  @Nullable Loaded<V> load() throws InterruptedException;

  /**
   * A value that may be kept.
   *
   * @param tags what it was made of
   */
  record Loaded<V>(V value, Set<String> tags) {}
}
