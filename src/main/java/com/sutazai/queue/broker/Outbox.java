package com.sutazai.queue.broker;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.queue.broker.BrokerJobs.Due;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Publishes due jobs and notes in their own rows which of them the broker has. A job whose message
 * was refused or not answered stays as it was: it is published again later, or claimed without.
 */
@ApplicationScoped
class Outbox {
  private static final int MOST_TOGETHER = 500;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final BrokerJobs jobs;
  private final Database database;
  private final BrokerMetrics metrics;
  private final BrokerConfig config;

  /** Until when, on the clock of {@code nanoTime}, no more is sent to a queue that was full. */
  private final Map<String, Long> full = new HashMap<>();

  Outbox(BrokerJobs jobs, Database database, BrokerMetrics metrics, BrokerConfig config) {
    this.jobs = jobs;
    this.database = database;
    this.metrics = metrics;
    this.config = config;
  }

  /** Publishes a batch of due jobs; whether there may be more. */
  boolean publishDue(BrokerLink link, Routes routes) {
    Set<String> types = typesWithRoom(routes);
    if (types.isEmpty()) {
      return false;
    }
    try {
      return database.transaction(
          sql -> {
            List<Due> due = jobs.takeUnpublished(sql, types, MOST_TOGETHER);
            if (due.isEmpty()) {
              return false;
            }
            Confirms answers = link.publish(due);
            if (!answers.await(LONGEST_WAIT)) {
              link.fail("it did not answer within " + LONGEST_WAIT.toSeconds() + " s");
            }
            var confirmed = answers.confirmed();
            if (!confirmed.isEmpty()) {
              jobs.published(sql, confirmed);
            }
            note(due, answers, routes);
            return due.size() == MOST_TOGETHER;
          });
    } catch (ProblemException unavailable) {
      return false; // whoever claims has told of it
    }
  }

  private Set<String> typesWithRoom(Routes routes) {
    long now = System.nanoTime();
    full.values().removeIf(until -> until - now <= 0);
    return routes.types().stream()
        .filter(type -> !full.containsKey(routes.queue(type)))
        .collect(Collectors.toSet());
  }

  private void note(List<Due> due, Confirms answers, Routes routes) {
    var refused = answers.refused();
    int confirmed = answers.confirmed().size();
    metrics.published("confirmed", confirmed);
    metrics.published("refused", refused.size());
    metrics.published("unanswered", due.size() - confirmed - refused.size());
    long until = System.nanoTime() + config.pollInterval().toNanos();
    due.stream()
        .filter(job -> refused.contains(job.taskId()))
        .forEach(job -> full.put(routes.queue(job.type()), until));
  }
}
