package com.sutazai.queue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What the queue calls for claimed jobs; implemented above it. */
public interface JobHandler {
  /** Types that this process can run. */
  Set<String> types();

  /**
   * How many more jobs of each type this process can run now; types that it never runs are absent.
   */
  Map<String, Integer> room();

  /** Type of the agent that runs tasks of the type in this process; empty when none does. */
  Optional<String> agentType(String type);

  /**
   * Told right after a claim, once for the whole batch; returns one piece of work for each job that
   * is to be run.
   */
  List<Work> begin(List<Job> jobs);

  /**
   * A job ready to run.
   *
   * @param run does the work in a worker and answers what ends the job, in a transaction of its own
   *     and with the lease that the job has; that takes no worker, so the next job runs meanwhile
   */
  record Work(Job job, Supplier<Runnable> run) {}
}
