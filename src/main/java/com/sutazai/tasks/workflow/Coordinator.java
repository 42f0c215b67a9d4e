package com.sutazai.tasks.workflow;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.Storage;
import com.sutazai.tasks.StepEnds;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Advances workflows that have a reason to be looked at, in any number of processes side by side.
 * Woken when a step's task ends here or, by the database's signal, elsewhere; a look each second
 * finds what nobody told of.
 */
@ApplicationScoped
class Coordinator {
  private static final Logger LOG = Logger.getLogger(Coordinator.class);
  private static final String TOPIC = "workflows";
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration OTHERS_AT_WORK = Duration.ofMillis(50);
  private static final Duration AFTER_FAULT = Duration.ofSeconds(10);
  private static final int MOST_SIGNALS = 200;
  private static final int AT_ONCE = 4;

  private final Database database;
  private final AdvanceRepository repository;
  private final Advance advance;
  private final StepEnds ends;
  private final Notifications notifications;
  private final Storage storage;
  private final Bell bell = new Bell();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("workflow-", 0).factory());
  private @Nullable Loop loop;

  Coordinator(
      Database database,
      AdvanceRepository repository,
      Advance advance,
      StepEnds ends,
      Notifications notifications,
      Storage storage) {
    this.database = database;
    this.repository = repository;
    this.advance = advance;
    this.ends = ends;
    this.notifications = notifications;
    this.storage = storage;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    ends.listen(this::wake);
    notifications.listen(TOPIC, this::wake);
    loop = Loop.start("workflows", this::next);
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
    threads.shutdownNow();
  }

  /** Says that a workflow may be due now. */
  void wake() {
    bell.ring();
  }

  private void next() throws InterruptedException {
    storage.requireRoom();
    List<UUID> due = repository.due(database, MOST_SIGNALS);
    boolean advanced = advance(due);
    if (!advanced) {
      bell.await(due.isEmpty() ? LOOK : OTHERS_AT_WORK);
    }
  }

  /** Whether one of them was advanced, here and now. */
  private boolean advance(List<UUID> due) throws InterruptedException {
    boolean advanced = false;
    for (Future<Boolean> each :
        threads.invokeAll(due.stream().<Callable<Boolean>>map(id -> () -> tried(id)).toList())) {
      try {
        advanced |= each.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return advanced;
  }

  private boolean tried(UUID id) {
    try {
      return advance.advance(id);
    } catch (RuntimeException e) {
      if (e instanceof ProblemException problem && problem.code().isOutage()) {
        LOG.debugf("Workflow %s is advanced later: %s", id, problem.detail());
        return false;
      }
      LOG.errorf(e, "Workflow %s could not be advanced; it is tried again", id);
      postpone(id);
      return false;
    }
  }

  /** It must not keep the others from being looked at. */
  private void postpone(UUID id) {
    try {
      repository.postpone(database, id, AFTER_FAULT);
    } catch (RuntimeException e) {
      LOG.debugf("Workflow %s is looked at again at once", id);
    }
  }
}
