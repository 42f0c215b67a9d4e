package com.sutazai.security.audit;

import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written: actions of administrators within a second, refusals every ten seconds,
 * those of one kind as one row, and at most {@link #MOST_KINDS} rows, so that a flood of refusals
 * is no flood of rows.
 */
@ApplicationScoped
class AuditQueue {
  private static final Logger LOG = Logger.getLogger(AuditQueue.class);
  private static final int MOST_WAITING = 10_000;
  private static final int MOST_TOGETHER = 1_000;
  static final int MOST_KINDS = 100;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration REFUSALS = Duration.ofSeconds(10);

  private final Database database;
  private final AuditRepository repository;
  private final Counter lost;
  private final BlockingQueue<AuditEvent> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Map<AuditEvent.Kind, AuditEvent> refused = new HashMap<>();
  private long refusalsWritten = System.nanoTime();
  private @Nullable Loop writing;

  AuditQueue(Database database, AuditRepository repository, MeterRegistry registry) {
    this.database = database;
    this.repository = repository;
    this.lost =
        Counter.builder(MetricNames.AUDIT_LOST)
            .description("Actions that the audit log had no room for; each is in the program's log")
            .register(registry);
  }

  void start(@Observes @Priority(30) StartupEvent event) {
    writing =
        Loop.start(
            "write-audit-log",
            () -> {
              Thread.sleep(PAUSE);
              write();
            });
  }

  /** An action; when too many wait for the database, the program's log has it alone. */
  void add(AuditEvent event) {
    if (!waiting.offer(event)) {
      lost.increment();
      LOG.warnf("The audit log has no room for: %s", event);
    }
  }

  /** A refusal. */
  void deny(AuditEvent event) {
    synchronized (refused) {
      AuditEvent.Kind kind = AuditEvent.Kind.of(event);
      if (!refused.containsKey(kind) && refused.size() >= MOST_KINDS) {
        kind = new AuditEvent.Kind(null, null, null);
      }
      AuditEvent first = refused.get(kind);
      refused.put(kind, first == null ? event : first.counting(first.count() + 1));
    }
  }

  private void write() {
    if (System.nanoTime() - refusalsWritten >= REFUSALS.toNanos()) {
      refusalsWritten = System.nanoTime();
      moveRefusals();
    }
    writeWaiting();
  }

  /** Writes all that is known, refusals too. */
  void flush() {
    moveRefusals();
    writeWaiting();
  }

  private void moveRefusals() {
    synchronized (refused) {
      refused.values().forEach(this::add);
      refused.clear();
    }
  }

  /** What cannot be written stays, in its order. */
  private synchronized void writeWaiting() {
    while (!waiting.isEmpty()) {
      List<AuditEvent> batch = new ArrayList<>();
      waiting.stream().limit(MOST_TOGETHER).forEach(batch::add);
      repository.insert(database, batch);
      batch.forEach(waiting::remove);
    }
  }

  void stop(@Observes @Priority(950) ShutdownEvent event) {
    if (writing != null) {
      writing.stop();
    }
    try {
      flush();
    } catch (RuntimeException e) {
      LOG.warnf(e, "The last %d rows of the audit log were not written", waiting.size());
    }
  }
}
