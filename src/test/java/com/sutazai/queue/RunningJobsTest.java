package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.Statement;
import com.sutazai.queue.JobHandler.Work;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RunningJobsTest {
  private static final Statement CLAIMED =
      Statement.of(
          "test.claimed_job",
          """
      WITH added AS (
        INSERT INTO tasks (id, owner_id, type, payload, created_at, run_at)
        VALUES ($1::uuid, $2::uuid, $3::text, '{}', now(), now())
        RETURNING id, owner_id, type, priority)
      INSERT INTO jobs (task_id, owner_id, type, priority, visible_at, lease, attempt, started_at)
      SELECT id, owner_id, type, priority, now() + interval '1 hour', $4::uuid, 1, now() FROM added
      RETURNING task_id
      """);

  private final RunningJobs running;
  private final Seats seats;
  private final Jobs jobs;
  private final Notifications notifications;
  private final Database database;
  private final Ids ids;

  RunningJobsTest(
      RunningJobs running,
      Seats seats,
      Jobs jobs,
      Notifications notifications,
      Database database,
      Ids ids) {
    this.running = running;
    this.seats = seats;
    this.jobs = jobs;
    this.notifications = notifications;
    this.database = database;
    this.ids = ids;
  }

  @Test
  void who_waits_for_a_commit_keeps_no_worker_from_the_next_job() throws Exception {
    // Given
    int jobs = seats.workers() + 1;
    CountDownLatch worked = new CountDownLatch(jobs);
    CountDownLatch ended = new CountDownLatch(jobs);
    CountDownLatch commit = new CountDownLatch(1);

    // When
    for (int i = 0; i < jobs; i++) {
      assertThat(seats.take(1)).isEqualTo(1);
      running.run(
          new Work(new Job(ids.next(), "noop", ids.next()), () -> () -> awaited(commit)),
          worked::countDown,
          ended::countDown);
    }

    // Then
    assertThat(worked.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(ended.getCount()).isEqualTo(jobs);
    commit.countDown();
    assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void what_is_interrupted_by_the_stop_has_lost_its_claim_before() throws Exception {
    // Given
    UUID lease = ids.next();
    String type = "running-jobs-" + lease;
    UUID task = database.query(CLAIMED, ids.next(), ids.next(), type, lease).getFirst().getUUID(0);
    Job job = new Job(task, type, lease);
    var own = new RunningJobs(jobs, new Seats(impatient()), impatient(), notifications);
    var began = new CountDownLatch(1);
    var renewed = new CompletableFuture<Set<UUID>>();
    own.run(
        new Work(
            job,
            () -> {
              began.countDown();
              awaited(new CountDownLatch(1));
              Thread.interrupted();
              renewed.complete(jobs.renew(Set.of(job), Duration.ofMinutes(1)));
              return () -> {};
            }),
        () -> {},
        () -> {});
    assertThat(began.await(1, TimeUnit.MINUTES)).isTrue();

    // When
    own.stop(new ShutdownEvent());

    // Then
    assertThat(renewed.get(1, TimeUnit.MINUTES)).isEmpty();
    database.update(Statement.of("test.delete_jobs", "DELETE FROM jobs WHERE task_id = $1"), task);
    database.update(Statement.of("test.delete", "DELETE FROM tasks WHERE id = $1"), task);
  }

  private static QueueConfig impatient() {
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(QueueConfig.class)
        .withDefaultValue("sutazai.queue.stop-grace", "0")
        .build()
        .getConfigMapping(QueueConfig.class);
  }

  private static void awaited(CountDownLatch commit) {
    try {
      commit.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
