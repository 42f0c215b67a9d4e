package com.sutazai.tasks;

import com.sutazai.agents.Progress;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobProgress;
import com.sutazai.queue.JobProgress.Report;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stores what agents of this process say of their progress: each second the last word on each task,
 * all in one statement. A task that ends sooner costs no write. At most one report for each running
 * task waits here.
 */
@ApplicationScoped
class ProgressReports {
  private static final Logger LOG = Logger.getLogger(ProgressReports.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final JobProgress progress;
  private final Map<UUID, Report> latest = new ConcurrentHashMap<>();
  private final Bell bell = new Bell();
  private @Nullable Loop loop;

  ProgressReports(JobProgress progress) {
    this.progress = progress;
  }

  /** The progress of one try; after it is closed nothing more is stored. */
  final class Try implements Progress, AutoCloseable {
    private final Job job;
    private volatile boolean closed;

    private Try(Job job) {
      this.job = job;
    }

    @Override
    public void report(@Nullable Double fraction, @Nullable String message) {
      Report report = Report.of(job, fraction, message);
      latest.put(job.taskId(), report);
      if (closed) {
        latest.remove(job.taskId(), report);
      } else {
        bell.ring();
      }
    }

    @Override
    public void close() {
      closed = true;
      latest.computeIfPresent(
          job.taskId(), (id, report) -> report.lease().equals(job.lease()) ? null : report);
    }
  }

  Try of(Job job) {
    return new Try(job);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    loop = Loop.start("task-progress", this::next);
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
  }

  private void next() throws InterruptedException {
    bell.awaitGroup(INTERVAL);
    write();
  }

  private void write() {
    Map<UUID, Report> now = Map.copyOf(latest);
    if (now.isEmpty()) {
      return;
    }
    try {
      Set<UUID> written = progress.write(now.values());
      now.forEach(
          (taskId, report) -> {
            if (written.contains(taskId)) {
              latest.remove(taskId, report);
            }
          });
    } catch (ProblemException unavailable) {
      LOG.debugf("Progress is stored later: %s", unavailable.detail());
    } catch (RuntimeException e) {
      LOG.error("Progress could not be stored; the tasks go on", e);
    }
    if (!latest.isEmpty()) {
      bell.ring();
    }
  }
}
