package com.sutazai.queue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many jobs of each type this process takes in hand per second, as a moving average. A type of
 * which none comes any more is forgotten: those of workers are any that callers think of.
 */
final class ClaimRates {
  /** Weight of the newest count in the moving average; about a quarter of a minute. */
  private static final double NEWEST = 0.1;

  private final double least;
  private final Map<String, LongAdder> begun = new ConcurrentHashMap<>();
  private final Map<String, Double> perSecond = new ConcurrentHashMap<>();

  /**
   * @param least a rate below this is as good as none
   */
  ClaimRates(double least) {
    this.least = least;
  }

  void begun(String type) {
    begun.computeIfAbsent(type, t -> new LongAdder()).increment();
  }

  /** Jobs of the type per second; 0 when there are next to none. */
  double of(String type) {
    return perSecond.getOrDefault(type, 0.0);
  }

  /** Counts what began in the last so many seconds. */
  void measure(double seconds) {
    begun.forEach(
        (type, count) -> {
          double newest = count.sumThenReset() / seconds;
          double rate = perSecond.merge(type, newest, (mean, one) -> mean + NEWEST * (one - mean));
          if (rate < least) {
            begun.remove(type, count);
            perSecond.remove(type);
          }
        });
  }

  /** Types that are known. */
  int size() {
    return begun.size();
  }
}
