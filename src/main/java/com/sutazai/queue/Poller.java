package com.sutazai.queue;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toUnmodifiableSet;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.sql.Notifications;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.JobHandler.Work;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Claims due jobs while there are free workers. Woken by {@link #wake} when this process or another
 * one added a job, and by a poll for everything else: retries, expired leases, signals that were
 * lost. While a {@link Distribution} hands jobs out it looks less often, and only for what that
 * left.
 */
@ApplicationScoped
public class Poller {
  /** One claim in so many goes by age alone: a low priority waits long under load, not for ever. */
  private static final int BY_AGE = 8;

  private static final String TOPIC = "jobs";

  private final Jobs jobs;
  private final JobHandler handler;
  private final Seats seats;
  private final RunningJobs running;
  private final Distribution distribution;
  private final QueueDepth depth;
  private final QueueConfig config;
  private final Ids ids;
  private final Storage storage;
  private final Notifications notifications;
  private final Bell bell = new Bell();
  private long claims;

  /**
   * Whether some type had no room left at the last claim: a job that ends makes way for another.
   */
  private volatile boolean crowded;

  /** Types that may have left some waiting at the last claim; null while nothing is claimed. */
  private volatile @Nullable Set<String> behind;

  private @Nullable Loop loop;

  Poller(
      Jobs jobs,
      JobHandler handler,
      Seats seats,
      RunningJobs running,
      Distribution distribution,
      QueueDepth depth,
      QueueConfig config,
      Ids ids,
      Storage storage,
      Notifications notifications) {
    this.notifications = notifications;
    this.storage = storage;
    this.jobs = jobs;
    this.handler = handler;
    this.seats = seats;
    this.running = running;
    this.distribution = distribution;
    this.depth = depth;
    this.config = config;
    this.ids = ids;
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    notifications.listen(TOPIC, this::wakeHere);
    loop = Loop.start("queue-claim", this::claim);
  }

  /** Says that a job may be due now, to this process and the others on its database. */
  public void wake() {
    wakeHere();
    if (!distribution.connected()) {
      notifications.send(TOPIC);
    }
  }

  private void wakeHere() {
    if (distribution.connected()) {
      distribution.wake();
    } else {
      bell.ring();
    }
  }

  /** Interrupts the work on a task that was cancelled, here or in another process. */
  public void interrupt(UUID taskId) {
    running.interrupt(taskId);
  }

  private void claim() throws InterruptedException {
    storage.requireRoom(); // what is not begun needs no room for its result
    int taken = seats.take(Seats.MOST_AT_ONCE);
    List<Work> work = List.of();
    try {
      work = claim(taken);
    } finally {
      seats.giveBack(taken - work.size());
    }
    work.forEach(this::begin);
    if (work.isEmpty()) {
      Duration pause =
          distribution.connected() ? distribution.pollInterval() : config.pollInterval();
      bell.await(pause);
    }
  }

  private List<Work> claim(int limit) {
    crowded = true; // also what ends while this claim is under way must wake the next one
    Map<String, Integer> room = handler.room();
    List<Job> claimed = claim(inTurn(room), limit);
    seats.claimed(claimed.size(), limit);
    List<Work> work = claimed.isEmpty() ? List.of() : handler.begin(claimed);
    Map<String, Long> taken = claimed.stream().collect(groupingBy(Job::type, counting()));
    Set<String> full =
        room.entrySet().stream()
            .filter(type -> taken.getOrDefault(type.getKey(), 0L) >= type.getValue())
            .map(Map.Entry::getKey)
            .collect(toUnmodifiableSet());
    crowded = !full.isEmpty();
    behind = claimed.size() < limit ? full : Set.copyOf(room.keySet());
    return work;
  }

  /**
   * Takes a seat for a job of the type that is about to be added, so that it begins without being
   * claimed; false when others may wait for their turn, or there is no seat.
   */
  public boolean takeSeat(String type) {
    Set<String> waiting = behind;
    return waiting != null && !waiting.contains(type) && !distribution.connected() && seats.take();
  }

  /** Gives a seat back that was taken for a job that was not added. */
  public void giveSeatBack() {
    seats.giveBack(1);
  }

  /** How long a job that is added as claimed is held by that. */
  public Duration hold() {
    return running.hold();
  }

  /** Runs a job that was added as claimed, in the seat that was taken for it. */
  public void run(Work work) {
    depth.begun(work.job().type());
    begin(work);
  }

  private void begin(Work work) {
    running.run(work, this::wakeWhenCrowded, () -> {});
  }

  private List<Job> claim(Map<String, Integer> room, int limit) {
    if (room.isEmpty()) {
      return List.of();
    }
    UUID lease = ids.next();
    if (distribution.connected()) {
      return distribution.claimLeft(room, limit, lease, config.lease());
    }
    return jobs.claim(room, limit, lease, config.lease(), claims % BY_AGE == 0);
  }

  /** Types that have room, each time another one first: none waits for ever behind a busy one. */
  private Map<String, Integer> inTurn(Map<String, Integer> room) {
    List<Map.Entry<String, Integer>> open =
        new ArrayList<>(
            room.entrySet().stream()
                .filter(type -> type.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .toList());
    Collections.rotate(open, (int) (++claims % Math.max(1, open.size())));
    Map<String, Integer> turn = new LinkedHashMap<>();
    open.forEach(type -> turn.put(type.getKey(), type.getValue()));
    return turn;
  }

  /** Says that there may be room for a job of a type that had none. */
  public void wakeWhenCrowded() {
    if (crowded) {
      bell.ring();
    }
  }

  /** Claims nothing more. */
  void stop(@Observes @Priority(950) ShutdownEvent event) {
    behind = null;
    if (loop != null) {
      loop.stop();
    }
  }
}
