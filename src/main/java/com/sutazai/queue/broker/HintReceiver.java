package com.sutazai.queue.broker;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobHandler;
import com.sutazai.queue.JobHandler.Work;
import com.sutazai.queue.RunningJobs;
import com.sutazai.queue.Seats;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Claims the jobs that messages hint at, all that wait at once in one statement, and runs those
 * that it got. A message is acknowledged when its job is not to be had, or after what became of the
 * job was committed. The broker's prefetch bounds what waits here.
 */
@ApplicationScoped
class HintReceiver {
  private static final Logger LOG = Logger.getLogger(HintReceiver.class);

  /** Less than the half hour after which a broker takes a consumer for stuck. */
  private static final Duration LONGEST_HELD = Duration.ofMinutes(10);

  /** Room may also come without the end of a job that a message brought. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final BrokerJobs jobs;
  private final JobHandler handler;
  private final Seats seats;
  private final RunningJobs running;
  private final Storage storage;
  private final Ids ids;
  private final BrokerMetrics metrics;
  private final Bell worked = new Bell();
  private final AtomicLong arrivals = new AtomicLong();
  private final PriorityBlockingQueue<Received> waiting =
      new PriorityBlockingQueue<>(
          16,
          Comparator.comparingInt(Received::priority)
              .reversed()
              .thenComparingLong(Received::arrival));

  HintReceiver(
      BrokerJobs jobs,
      JobHandler handler,
      Seats seats,
      RunningJobs running,
      Storage storage,
      Ids ids,
      BrokerMetrics metrics) {
    this.jobs = jobs;
    this.handler = handler;
    this.seats = seats;
    this.running = running;
    this.storage = storage;
    this.ids = ids;
    this.metrics = metrics;
  }

  private record Received(
      UUID taskId, String type, int priority, long arrival, Channel channel, long tag) {
    void acknowledge() {
      try {
        channel.basicAck(tag, false);
      } catch (IOException | AlreadyClosedException e) {
        // the link ended: the message comes again, and its job is not to be had then
      }
    }
  }

  /** Takes a message in; returns at once. */
  void receive(Channel channel, long tag, Delivery delivery) {
    Integer priority = delivery.getProperties().getPriority();
    long arrival = arrivals.incrementAndGet();
    try {
      Hint hint = Hint.parse(delivery.getBody());
      waiting.add(
          new Received(
              hint.taskId(), hint.type(), priority == null ? 0 : priority, arrival, channel, tag));
    } catch (RuntimeException e) {
      LOG.debugf("A message that is no hint was dropped: %s", e.getMessage());
      metrics.received("forgotten", 1);
      new Received(ids.next(), "", 0, arrival, channel, tag).acknowledge();
    }
  }

  /** Forgets what came over links that have ended; it comes again. */
  void forgetEnded() {
    waiting.removeIf(received -> !received.channel().isOpen());
  }

  /** One claim for the hints that wait, as soon as there is one, a seat, and an agent with room. */
  void claim() throws InterruptedException {
    waiting.add(waiting.take()); // only looks: which is the most urgent is decided with a seat
    int taken = seats.take(Math.max(1, waiting.size())); // others need them while this waits
    List<Received> hints = List.of();
    Map<UUID, Work> work = Map.of();
    try {
      storage.requireRoom();
      hints = takeRunnable(taken);
      work = claim(hints);
    } catch (RuntimeException e) {
      waiting.addAll(hints);
      throw e;
    } finally {
      seats.giveBack(taken - work.size());
    }
    if (hints.isEmpty()) {
      worked.await(LOOK);
    }
    metrics.received("claimed", work.size());
    metrics.received("forgotten", hints.size() - work.size());
    for (Received hint : hints) {
      Work mine = work.remove(hint.taskId()); // of two hints at one job, the first has it
      if (mine == null) {
        hint.acknowledge();
      } else {
        run(mine, hint);
      }
    }
  }

  /** The most urgent hints whose agents have room; the others go on waiting. */
  private List<Received> takeRunnable(int most) {
    Map<String, Integer> room = new HashMap<>(handler.room());
    List<Received> runnable = new ArrayList<>();
    List<Received> later = new ArrayList<>();
    while (runnable.size() < most) {
      Received next = waiting.poll();
      if (next == null) {
        break;
      }
      boolean fits = room.merge(next.type(), -1, Integer::sum) >= 0;
      (fits || !handler.types().contains(next.type()) ? runnable : later).add(next);
    }
    waiting.addAll(later);
    return runnable;
  }

  private Map<UUID, Work> claim(List<Received> hints) {
    Map<UUID, Work> work = new HashMap<>();
    if (hints.isEmpty()) {
      return work;
    }
    List<UUID> taskIds = hints.stream().map(Received::taskId).distinct().toList();
    List<Job> claimed = jobs.claimPublished(taskIds, handler.types(), ids.next(), running.hold());
    if (!claimed.isEmpty()) {
      handler.begin(claimed).forEach(each -> work.put(each.job().taskId(), each));
    }
    return work;
  }

  private void run(Work work, Received hint) {
    var over = new CountDownLatch(1);
    running.run(work, worked::ring, over::countDown);
    Thread.ofVirtual()
        .name("broker-acknowledge")
        .start(
            () -> {
              try {
                over.await(LONGEST_HELD.toMillis(), TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              hint.acknowledge();
            });
  }
}
