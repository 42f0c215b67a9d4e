package com.sutazai.cache;

/** Whoever knows what will be asked for, and can load it before that. */
public interface Warmer {
  /** Name of the region that it fills. */
  String region();

  /**
   * Loads entries.
   *
   * @param most how many it may load
   * @return how many it did
   */
  int warm(int most) throws InterruptedException;
}
