package com.sutazai.resources;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.resources.Account.Obstacle;
import java.time.Duration;

/** Why a lease is not granted, as its caller is told. */
final class Refusal {
  private Refusal() {}

  /** Refuses what could not be granted if nobody else had anything. */
  static void requirePossible(Ask ask, Limits limits, Policy policy) {
    ResourceType type = ask.type();
    if (limits.capacity() == 0) {
      throw new ProblemException(
          ErrorCode.RESOURCE_LIMIT,
          "There is no "
              + type.label()
              + " here that is known of"
              + (type == ResourceType.GPU ? "; set sutazai.resources.gpus if there is one." : "."));
    }
    if (ask.units() > limits.holder()) {
      throw new ProblemException(
          ErrorCode.RESOURCE_LIMIT,
          "amount is "
              + type.told(ask.units())
              + ", and one holder may have at most "
              + type.told(limits.holder())
              + " of the "
              + type.told(limits.capacity())
              + " here (max_holder_percent "
              + policy.maxHolderPercent()
              + ", max_total_percent "
              + policy.maxTotalPercent()
              + " in /api/resources/policies/"
              + type.label()
              + ").");
    }
  }

  static ProblemException busy(
      Ask ask, Obstacle obstacle, Limits limits, long inUse, int waiting, Duration untilNextEnd) {
    ResourceType type = ask.type();
    String why =
        switch (obstacle) {
          case NONE, OTHERS ->
              type.told(Math.max(0, limits.total() - inUse))
                  + " of "
                  + type.told(limits.total())
                  + " are not leased";
          case HOLDER ->
              "holder "
                  + ask.holder().name()
                  + " would have more than its "
                  + type.told(limits.holder());
          case MEASURED -> "only " + type.told(limits.free()) + " are free as measured";
        };
    var problem =
        new ProblemException(
            ErrorCode.RESOURCE_BUSY,
            "No "
                + type.told(ask.units())
                + " of "
                + type.label()
                + " to be had within "
                + ask.patience().toSeconds()
                + " s: "
                + why
                + (waiting > 0 ? ", and " + waiting + " others wait" : "")
                + ". Release a lease, or ask with a longer wait_seconds.");
    return untilNextEnd.isPositive() ? problem.retryAfter(untilNextEnd) : problem;
  }

  static ProblemException displaced(Ask ask) {
    return new ProblemException(
        ErrorCode.RESOURCE_BUSY,
        "A more urgent request took the place in the full line for "
            + ask.type().label()
            + " (sutazai.resources.max-waiting).");
  }

  static ProblemException tooManyLeases(int most) {
    return new ProblemException(
        ErrorCode.RESOURCE_BUSY,
        most + " leases exist already (sutazai.resources.max-leases). Release some.");
  }

  static ProblemException tooManyOfOne(int most) {
    return new ProblemException(
        ErrorCode.RESOURCE_BUSY,
        "One holder may have "
            + most
            + " leases, a quarter of sutazai.resources.max-leases, however small. Release some.");
  }
}
