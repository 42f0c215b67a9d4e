package com.sutazai.resources;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * How much of a resource may be leased.
 *
 * @param maxTotalPercent of what there is, by all holders together, 0 to 100
 * @param maxHolderPercent of what there is, by one holder, 0 to 100
 */
@RegisterForReflection
public record Policy(int maxTotalPercent, int maxHolderPercent) {
  public Policy {
    requirePercent("max_total_percent", maxTotalPercent);
    requirePercent("max_holder_percent", maxHolderPercent);
  }

  private static void requirePercent(String name, int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException(name + " must be between 0 and 100, is " + percent);
    }
  }

  /** Units that all holders may have together. */
  long total(ResourceType type, long capacity) {
    return share(type, capacity, maxTotalPercent);
  }

  /** Units that one holder may have. */
  long holder(ResourceType type, long capacity) {
    return Math.min(total(type, capacity), share(type, capacity, maxHolderPercent));
  }

  private static long share(ResourceType type, long capacity, int percent) {
    long share = (long) Math.floor((double) capacity * percent / 100);
    return type.inPieces() && percent > 0 && capacity > 0 ? Math.max(1, share) : share;
  }
}
