package com.sutazai.tasks.workflow;

import com.sutazai.tasks.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one workflow while it is advanced: what cannot run any more, what may begin, whether
 * it has ended. Knows nothing of the database.
 */
final class Board {
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final boolean failureEndsAll;
  private final boolean paused;
  private final int maxParallel;

  /**
   * A step as it is stored.
   *
   * @param failureSkips whether it counts as skipped when it fails
   * @param runsAfterSkipped whether it runs although one that it needs was skipped
   */
  record Step(
      String id,
      List<String> dependsOn,
      boolean failureSkips,
      boolean runsAfterSkipped,
      int priority,
      StepStatus status) {}

  /** What becomes of a step without a task. */
  record Change(String step, StepStatus status, Task.Failure failure) {}

  private static final class Place {
    private final Step step;
    private StepStatus status;

    Place(Step step) {
      this.step = step;
      status = step.status();
    }

    boolean is(StepStatus other) {
      return status == other;
    }
  }

  Board(List<Step> steps, boolean failureEndsAll, int maxParallel, boolean paused) {
    steps.forEach(step -> places.put(step.id(), new Place(step)));
    this.failureEndsAll = failureEndsAll;
    this.maxParallel = maxParallel;
    this.paused = paused;
    settle();
  }

  /** The steps that may begin now, by priority, as many as there is room for. */
  List<String> ready() {
    long running = all().stream().filter(place -> place.is(StepStatus.RUNNING)).count();
    return paused
        ? List.of()
        : all().stream()
            .filter(place -> place.is(StepStatus.PENDING))
            .filter(place -> needed(place).stream().allMatch(Board::lets))
            .sorted(Comparator.comparing(place -> -place.step.priority()))
            .limit(Math.max(0, maxParallel - running))
            .map(place -> place.step.id())
            .toList();
  }

  private static boolean lets(Place needed) {
    return needed.is(StepStatus.COMPLETED) || needed.is(StepStatus.SKIPPED);
  }

  /** Whether the step may still begin at some time. */
  boolean waits(String id) {
    return place(id).is(StepStatus.PENDING);
  }

  /** Says that the step begins. */
  void begun(String id) {
    place(id).status = StepStatus.RUNNING;
  }

  /** Says that the step could not begin. */
  void failed(String id, Task.Failure failure) {
    Place place = place(id);
    change(place, place.step.failureSkips() ? StepStatus.SKIPPED : StepStatus.FAILED, failure);
    settle();
  }

  /** What became of steps that did not begin. */
  List<Change> changes() {
    return List.copyOf(changes);
  }

  /** How the workflow has ended; empty while steps wait or run. */
  Optional<WorkflowStatus> outcome() {
    if (any(StepStatus.PENDING) || any(StepStatus.RUNNING)) {
      return Optional.empty();
    }
    return Optional.of(any(StepStatus.FAILED) ? WorkflowStatus.FAILED : WorkflowStatus.COMPLETED);
  }

  private void settle() {
    if (failureEndsAll && any(StepStatus.FAILED)) {
      all().stream().filter(place -> place.is(StepStatus.PENDING)).forEach(this::cancel);
      return;
    }
    boolean changed = true;
    while (changed) { // a skipped step may be what another one needs
      changed = false;
      for (Place place : all()) {
        changed |= place.is(StepStatus.PENDING) && skipIfLost(place);
      }
    }
  }

  private void cancel(Place place) {
    change(
        place,
        StepStatus.CANCELLED,
        new Task.Failure("workflow_failed", "Another step failed before this one began."));
  }

  private boolean skipIfLost(Place place) {
    for (Place needed : needed(place)) {
      Task.Failure reason = lost(place.step, needed);
      if (reason != null) {
        change(place, StepStatus.SKIPPED, reason);
        return true;
      }
    }
    return false;
  }

  private static Task.@Nullable Failure lost(Step step, Place needed) {
    return switch (needed.status) {
      case FAILED, CANCELLED ->
          new Task.Failure(
              "dependency_failed", "Step " + needed.step.id() + ", which it needs, failed.");
      case SKIPPED ->
          step.runsAfterSkipped()
              ? null
              : new Task.Failure(
                  "dependency_skipped",
                  "Step " + needed.step.id() + ", which it needs, was skipped.");
      case PENDING, RUNNING, COMPLETED -> null;
    };
  }

  private void change(Place place, StepStatus status, Task.Failure failure) {
    place.status = status;
    changes.add(new Change(place.step.id(), status, failure));
  }

  private List<Place> needed(Place place) {
    return place.step.dependsOn().stream().map(this::place).toList();
  }

  private Place place(String id) {
    Place place = places.get(id);
    if (place == null) {
      throw new IllegalArgumentException("There is no step " + id);
    }
    return place;
  }

  private Collection<Place> all() {
    return places.values();
  }

  private boolean any(StepStatus status) {
    return all().stream().anyMatch(place -> place.is(status));
  }
}
