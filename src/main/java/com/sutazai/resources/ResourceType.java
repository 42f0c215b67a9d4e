package com.sutazai.resources;

import com.sutazai.platform.error.ProblemException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be leased. Amounts are counted in whole units: thousandths of a processor, bytes, or
 * pieces.
 */
public enum ResourceType {
  CPU("processors", 1000, 80, 30),
  MEMORY("bytes", 1, 85, 25),
  GPU("devices", 1, 90, 50),
  DISK("bytes", 1, 90, 20),
  MODEL_SLOTS("requests", 1, 80, 50),
  DATABASE_CONNECTIONS("connections", 1, 50, 25);

  /** Largest amount that can be asked for; a number of JSON counts exactly up to there. */
  private static final double MOST = 1L << 53;

  private final String unit;
  private final int scale;
  private final int maxTotalPercent;
  private final int maxHolderPercent;

  ResourceType(String unit, int scale, int maxTotalPercent, int maxHolderPercent) {
    this.unit = unit;
    this.scale = scale;
    this.maxTotalPercent = maxTotalPercent;
    this.maxHolderPercent = maxHolderPercent;
  }

  /** The name on the wire, such as {@code model_slots}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What an amount of it counts. */
  public String unit() {
    return unit;
  }

  /** The policy unless another one is set. */
  Policy usual() {
    return new Policy(maxTotalPercent, maxHolderPercent);
  }

  /** Whether it comes in pieces that are not divided: a share is at least one of them. */
  boolean inPieces() {
    return this == GPU || this == MODEL_SLOTS || this == DATABASE_CONNECTIONS;
  }

  /** The type of that name on the wire. */
  public static Optional<ResourceType> find(String label) {
    return Arrays.stream(values()).filter(each -> each.label().equals(label)).findFirst();
  }

  /** All names, as a message lists them. */
  static String labels() {
    return String.join(", ", Arrays.stream(values()).map(ResourceType::label).toList());
  }

  /** Whole units of an amount. */
  long units(String field, double amount) {
    double units = amount * scale;
    if (!(units > 0 && units <= MOST)) {
      throw ProblemException.invalid(
          field, "must be more than 0 and at most " + (long) (MOST / scale) + " " + unit);
    }
    long whole = Math.round(units);
    if (whole == 0 || Math.abs(units - whole) > 1e-6) {
      throw ProblemException.invalid(
          field,
          scale == 1
              ? "must be a whole number of " + unit
              : "must have at most 3 decimals, in " + unit);
    }
    return whole;
  }

  /** The amount that so many units are, as a number of JSON. */
  public Number amount(long units) {
    if (scale == 1) {
      return units;
    }
    return (double) units / scale;
  }

  /** The amount as a message tells it. */
  String told(long units) {
    return amount(units) + " " + unit;
  }
}
