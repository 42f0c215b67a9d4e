package com.sutazai.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Hands due jobs out to the processes before they ask the database for them. It may lose anything
 * at any time: the database is still asked, less often, for what it left.
 */
public interface Distribution {
  /** Whether it hands out jobs now; if not, the database is asked for all of them. */
  boolean connected();

  /** Where it is, without credentials; empty when there is none and never will be. */
  Optional<String> address();

  /** Says that a job may be due now. */
  void wake();

  /** How long an idle process waits before it looks for what was left. */
  Duration pollInterval();

  /**
   * Claims due jobs that it had its chance to hand out and has not, the oldest first.
   *
   * @param room how many of each type at most
   */
  List<Job> claimLeft(Map<String, Integer> room, int limit, UUID lease, Duration hold);
}
