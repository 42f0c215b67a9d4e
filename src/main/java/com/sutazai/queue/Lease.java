package com.sutazai.queue;

import com.sutazai.platform.error.ProblemException;
import java.util.UUID;

/**
 * A lease as workers are given it: one opaque text that finds the job and proves the claim.
 *
 * @param id changes with each claim of the task
 */
public record Lease(UUID taskId, UUID id) {
  /** Reads what {@link #toString} wrote. */
  public static Lease parse(String field, String text) {
    String[] parts = text.split("\\.", 3);
    if (parts.length == 2) {
      try {
        return new Lease(UUID.fromString(parts[0]), UUID.fromString(parts[1]));
      } catch (IllegalArgumentException e) {
        // told below
      }
    }
    throw ProblemException.invalid(field, "is no lease that was given here");
  }

  @Override
  public String toString() {
    return taskId + "." + id;
  }
}
