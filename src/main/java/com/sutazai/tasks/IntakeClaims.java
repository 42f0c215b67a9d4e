package com.sutazai.tasks;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Sql;
import com.sutazai.queue.Poller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Lets tasks begin with the commit that accepts them. Where none of a type waits for its turn and
 * an agent of this process has room, the job is stored as claimed: that saves the claim, with its
 * way to the server, its version of the row, and its wait.
 */
@ApplicationScoped
class IntakeClaims {
  private final Poller poller;
  private final TaskRunner runner;
  private final TaskRepository repository;
  private final Ids ids;

  IntakeClaims(Poller poller, TaskRunner runner, TaskRepository repository, Ids ids) {
    this.poller = poller;
    this.runner = runner;
    this.repository = repository;
    this.ids = ids;
  }

  /** Takes seats for those of the tasks that can begin at once. */
  Batch claim(List<NewTask> tasks) {
    var batch = new Batch(ids.next());
    Set<String> behind = new HashSet<>();
    for (NewTask task : tasks) {
      if (!task.isDue() || !task.standsAlone()) {
        batch.waiting.add(task);
        continue;
      }
      Optional<TaskRunner.Seat> seat = behind.contains(task.type()) ? Optional.empty() : seat(task);
      if (seat.isPresent()) {
        batch.seats.add(seat.get());
      } else {
        batch.waiting.add(task);
        behind.add(task.type()); // they keep their order
      }
    }
    return batch;
  }

  private Optional<TaskRunner.Seat> seat(NewTask task) {
    if (!poller.takeSeat(task.type())) {
      return Optional.empty();
    }
    Optional<TaskRunner.Seat> seat = runner.seat(task);
    if (seat.isEmpty()) {
      poller.giveSeatBack();
    }
    return seat;
  }

  /**
   * Tasks that are about to be stored; what has not begun when it is closed gives its seat back.
   */
  final class Batch implements AutoCloseable {
    private final UUID lease;
    private final List<TaskRunner.Seat> seats = new ArrayList<>();
    private final List<NewTask> waiting = new ArrayList<>();

    private Batch(UUID lease) {
      this.lease = lease;
    }

    /** Those that wait for their turn. */
    List<NewTask> waiting() {
      return waiting;
    }

    /** Those that begin at once. */
    List<NewTask> claimed() {
      return seats.stream().map(TaskRunner.Seat::task).toList();
    }

    /** Stores those that begin at once. */
    void store(Sql sql) {
      repository.submitClaimed(sql, claimed(), lease, poller.hold());
    }

    /** Once all are stored: begins what does not wait; its ids. */
    Set<UUID> begin() {
      Set<UUID> begun = new HashSet<>();
      while (!seats.isEmpty()) {
        TaskRunner.Seat seat = seats.removeFirst();
        poller.run(runner.begin(seat, lease));
        begun.add(seat.task().id());
      }
      return begun;
    }

    @Override
    public void close() {
      for (TaskRunner.Seat seat : seats) {
        seat.leave();
        poller.giveSeatBack();
      }
    }
  }
}
