package com.sutazai.resources;

import java.util.Optional;
import java.util.OptionalLong;

/** What there is of each resource, to be leased. */
interface Stock {
  Capacity of(ResourceType type);

  /** The part of the program that hands the resource out itself; empty for most. */
  Optional<Supply> supply(ResourceType type);

  /**
   * How much there is.
   *
   * @param total empty where it is not known
   * @param free of that, as measured; empty where that says nothing about what may be leased
   */
  record Capacity(OptionalLong total, OptionalLong free) {
    static final Capacity UNKNOWN = of(OptionalLong.empty());

    static Capacity of(OptionalLong total) {
      return new Capacity(total, OptionalLong.empty());
    }
  }
}
