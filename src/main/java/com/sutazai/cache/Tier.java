package com.sutazai.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place outside of this process's memory that keeps entries as bytes. Calls block a virtual
 * thread for a bounded time. What a tier answers is not trusted: whoever reads an entry checks it.
 */
public interface Tier {
  /** {@code redis} or {@code database}; the value of the label {@code tier} of its metrics. */
  String name();

  /**
   * The entry of that name; null when there is none.
   *
   * @throws TierException when it cannot be asked
   */
  byte @Nullable [] get(String name);

  /**
   * Keeps an entry for so long, in place of an older one of the same name.
   *
   * @param name {@code <region>:<hash>}, at most 100 characters of ASCII
   * @param tags what it can be removed by
   * @throws TierException when it may not have been kept
   */
  void put(String name, byte[] entry, Set<String> tags, Duration keep);

  /**
   * Forgets all entries with the tag.
   *
   * @return how many there were
   * @throws TierException when some may be left
   */
  long remove(String tag);

  /** Where processes that share the tier agree on who loads an entry; empty where they cannot. */
  default Optional<LeaseKeeper> leases() {
    return Optional.empty();
  }

  /** How it is now. */
  TierStatistics statistics();

  /** Why an entry could not be had or kept. */
  final class TierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TierException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
