package com.sutazai.agents;

import java.util.UUID;

/** An agent that could take a task, as the choice among several sees it. */
interface Candidate {
  UUID id();

  /** Tasks in its hands by those that it runs at once: 1 is busy, more means that some wait. */
  double load();

  /** How many capabilities it has. */
  int breadth();

  /** Importance among agents by the {@code priority} of its config: 0 first, 10 last. */
  int priority();

  /** How its last runs went. */
  RecentRuns.Summary recent();
}
