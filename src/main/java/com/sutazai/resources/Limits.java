package com.sutazai.resources;

import com.sutazai.resources.Stock.Capacity;

/**
 * What may be leased of one resource now, in units.
 *
 * @param capacity what there is; 0 where that is not known
 * @param total by all holders together
 * @param holder by one holder
 * @param free as measured: what is asked for must be there; {@code Long.MAX_VALUE} where that is
 *     not measured
 */
record Limits(long capacity, long total, long holder, long free) {
  static Limits of(ResourceType type, Capacity capacity, Policy policy) {
    long there = capacity.total().orElse(0);
    return new Limits(
        there,
        policy.total(type, there),
        policy.holder(type, there),
        capacity.free().orElse(Long.MAX_VALUE));
  }
}
