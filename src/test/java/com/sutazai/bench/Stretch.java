package com.sutazai.bench;

/** So many tasks in so many seconds. */
record Stretch(int tasks, double seconds) {
  static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }
}
