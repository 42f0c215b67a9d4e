package com.sutazai.engine.server;

import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What the models in memory may take together.
 *
 * @param bytes with their contexts; 0 is no limit
 */
record MemoryBudget(long bytes) {
  /** Whether the models are within it, and so many bytes more would be. */
  boolean holds(Collection<Resident> residents, long more) {
    return bytes == 0 || residents.stream().mapToLong(each -> each.bytes).sum() + more <= bytes;
  }

  /** The idle ones that have to go for so many bytes more, the one used least lately first. */
  List<Resident> surplus(Collection<Resident> residents, long more) {
    List<Resident> left = new ArrayList<>(residents);
    List<Resident> idle = new ArrayList<>(left.stream().filter(Resident::idle).toList());
    idle.sort(Comparator.comparingLong(each -> each.turn));
    List<Resident> surplus = new ArrayList<>();
    while (!holds(left, more) && !idle.isEmpty()) {
      Resident next = idle.removeFirst();
      left.remove(next);
      surplus.add(next);
    }
    return surplus;
  }

  /**
   * Refuses a model that is too large, even alone.
   *
   * @throws EngineException with both numbers
   */
  void check(String name, long needed) {
    if (bytes > 0 && needed > bytes) {
      throw tooLarge(name, needed);
    }
  }

  EngineException tooLarge(String name, long needed) {
    return new EngineException(
        Kind.UNRUNNABLE_MODEL,
        ("model '%s' takes %,d bytes with its context, and the engine may use %,d: give it more"
                + " memory, a shorter context or fewer sequences")
            .formatted(name, needed, bytes));
  }
}
