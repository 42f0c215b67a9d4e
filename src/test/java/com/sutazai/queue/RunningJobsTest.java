package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.id.Ids;
import com.sutazai.queue.JobHandler.Work;
import io.quarkus.test.junit.QuarkusTest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RunningJobsTest {
  private final RunningJobs running;
  private final Seats seats;
  private final Ids ids;

  RunningJobsTest(RunningJobs running, Seats seats, Ids ids) {
    this.running = running;
    this.seats = seats;
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

  private static void awaited(CountDownLatch commit) {
    try {
      commit.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
