package com.sutazai.cluster;

import com.sutazai.cluster.Operation.Action.Report;
import com.sutazai.cluster.Operation.Action.Submit;
import com.sutazai.cluster.Operation.Action.Take;
import com.sutazai.cluster.Operation.Outcome.Done;
import com.sutazai.cluster.Operation.Outcome.Refused;
import com.sutazai.cluster.Operation.Outcome.Unknown;
import com.sutazai.cluster.Operation.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What clients may see of tasks, however the processes, their database and the network fail. A
 * history is checked after the run, task by task; it must end with a read of each task at each node
 * after all faults were mended and all work was done.
 *
 * <p>An operation takes effect once between its request and its answer. One whose outcome is
 * unknown takes effect at any time after its request, or never. So only what must be wrong in every
 * such order is called wrong.
 */
final class Model {

  /** What must hold. */
  enum Law {
    ACCEPTED_ONCE("A task is one task, however often it was sent under its key"),
    NOT_WITHOUT_ACCEPT("What was refused, or never sent, is nowhere seen"),
    VISIBLE("What was accepted is found from then on, at every node"),
    ENDS("What was accepted comes to its end, the same at every node"),
    STAYS_ENDED("An end that was seen stays, unless the task is run again"),
    CANCEL_HOLDS("What was answered as cancelled stays cancelled, unless the task is run again"),
    CANCELLED_BY_WISH("Nothing is cancelled that nobody cancelled"),
    BOUNDED_TRIES(
        "A task is tried max_retries + 1 times; only its process' death can go past that"),
    FAILS_DEAD("A task that can succeed fails only by using up its tries"),
    CLEAR_ANSWERS("Trouble is answered 503; 500 is a mistake of the program"),
    OWN_RESULT("A result is that of its own task"),
    WAITED_FOR("An answer 200 to a submission shows the end"),
    REPORT_HOLDS("A report that was taken is the end, and sent again it is answered the same"),
    LATE_REPORT_IS_NOTHING("A report that was refused changes nothing");

    private final String sentence;

    Law(String sentence) {
      this.sentence = sentence;
    }
  }

  /** A law that a history breaks, with what shows it. */
  record Violation(Law law, String token, List<Operation> evidence) {
    @Override
    public String toString() {
      return law
          + ": "
          + law.sentence
          + ". Task "
          + token
          + evidence.stream().map(each -> "\n    " + each).collect(Collectors.joining());
    }
  }

  private final List<Violation> violations = new ArrayList<>();
  private final Life life;

  private Model(Life life) {
    this.life = life;
  }

  /** All that is wrong with the history; its operations in the order of their requests. */
  static List<Violation> check(List<Operation> history) {
    Set<Integer> nodes = history.stream().map(Operation::node).collect(Collectors.toSet());
    return Life.of(history).stream().flatMap(life -> new Model(life).check(nodes)).toList();
  }

  private Stream<Violation> check(Set<Integer> nodes) {
    identity();
    visibility();
    ends(nodes);
    changes();
    cancels();
    tries();
    results();
    reports();
    answers();
    return violations.stream();
  }

  private void broken(Law law, Operation... evidence) {
    violations.add(new Violation(law, life.token(), List.of(evidence)));
  }

  private void identity() {
    if (life.ids().size() > 1) {
      broken(Law.ACCEPTED_ONCE, life.sights().toArray(Operation[]::new));
    }
    if (life.submits().allMatch(Operation::isRefused)) {
      life.sights()
          .findFirst()
          .ifPresent(
              sight ->
                  broken(
                      Law.NOT_WITHOUT_ACCEPT,
                      Stream.concat(life.submits(), Stream.of(sight)).toArray(Operation[]::new)));
    }
    life.submits()
        .filter(submit -> submit.outcome() instanceof Done done && done.status() == 200)
        .filter(submit -> submit.seen() != null && !submit.seen().isFinal())
        .forEach(submit -> broken(Law.WAITED_FOR, submit));
  }

  private void visibility() {
    life.operations().stream()
        .filter(Operation::isMissing)
        .forEach(
            missing ->
                life.sights()
                    .filter(sight -> sight.isBefore(missing))
                    .findFirst()
                    .ifPresent(sight -> broken(Law.VISIBLE, sight, missing)));
  }

  private void ends(Set<Integer> nodes) {
    if (!life.isAccepted() && life.ids().isEmpty()) {
      return;
    }
    List<Operation> ends = nodes.stream().flatMap(node -> life.lastRead(node).stream()).toList();
    boolean allSeen =
        ends.size() == nodes.size()
            && ends.stream().allMatch(end -> end.seen() != null && end.seen().isFinal());
    if (!allSeen || ends.stream().map(Operation::seen).distinct().count() > 1) {
      broken(Law.ENDS, ends.toArray(Operation[]::new));
    }
  }

  private void changes() {
    List<Operation> ends = life.sights().filter(sight -> sight.seen().isFinal()).toList();
    for (Operation end : ends) {
      life.sights()
          .filter(end::isBefore)
          .filter(later -> !isFirstAnswer(later) && !later.seen().equals(end.seen()))
          .filter(later -> !life.mayBeRetriedBetween(end, later))
          .findFirst()
          .ifPresent(later -> broken(Law.STAYS_ENDED, end, later));
    }
  }

  /** A submission that is sent again under its key shows the task as it was at first. */
  private static boolean isFirstAnswer(Operation sight) {
    return sight.action() instanceof Submit && !sight.seen().isFinal();
  }

  private void cancels() {
    life.cancels()
        .filter(cancel -> cancel.seen() != null && cancel.seen().status().equals("cancelled"))
        .forEach(
            cancel ->
                life.sights()
                    .filter(cancel::isBefore)
                    .filter(later -> !isFirstAnswer(later))
                    .filter(later -> !later.seen().status().equals("cancelled"))
                    .filter(later -> !life.mayBeRetriedBetween(cancel, later))
                    .findFirst()
                    .ifPresent(later -> broken(Law.CANCEL_HOLDS, cancel, later)));
    life.sights()
        .filter(sight -> sight.seen().status().equals("cancelled"))
        .filter(
            sight ->
                life.cancels()
                    .noneMatch(
                        cancel -> !cancel.isRefused() && cancel.invoked() < sight.returned()))
        .findFirst()
        .ifPresent(sight -> broken(Law.CANCELLED_BY_WISH, sight));
  }

  private void tries() {
    life.sights()
        .filter(sight -> !isWithinTries(sight))
        .findFirst()
        .ifPresent(sight -> broken(Law.BOUNDED_TRIES, sight));
    life.sights()
        .filter(sight -> sight.seen().status().equals("failed"))
        .filter(sight -> !sight.seen().dead() || "internal".equals(sight.seen().error()))
        .findFirst()
        .ifPresent(sight -> broken(Law.FAILS_DEAD, sight));
  }

  /** A claim that finds all tries used up counts too, but ends the task instead of running it. */
  private static boolean isWithinTries(Operation sight) {
    Seen seen = sight.seen();
    boolean ran = seen.status().equals("completed") || sight.action() instanceof Take;
    return !ran || seen.attempt() <= seen.maxRetries() + 1;
  }

  private void results() {
    int rows =
        life.submits()
            .map(Operation::action)
            .mapToInt(submit -> ((Submit) submit).rows())
            .findFirst()
            .orElse(-1);
    life.sights()
        .filter(sight -> rows >= 0 && sight.seen().status().equals("completed"))
        .filter(
            sight ->
                sight.seen().result() == null
                    || sight.seen().result().getInteger("rows", -1) != rows)
        .findFirst()
        .ifPresent(sight -> broken(Law.OWN_RESULT, sight));
  }

  private void reports() {
    life.reports()
        .forEach(
            report -> {
              Report told = (Report) report.action();
              if (isLost(report)) {
                lateReport(report, told);
              } else if (report.isDone() && told.done()) {
                takenReport(report, told);
              }
            });
  }

  private void answers() {
    life.operations().stream()
        .filter(each -> each.outcome() instanceof Unknown answer && answer.status() == 500)
        .findFirst()
        .ifPresent(each -> broken(Law.CLEAR_ANSWERS, each));
  }

  private static boolean isLost(Operation report) {
    return report.outcome() instanceof Refused refused && refused.code().equals("lease_lost");
  }

  private void takenReport(Operation report, Report told) {
    life.sights()
        .filter(report::isBefore)
        .filter(later -> !isFirstAnswer(later))
        .filter(later -> !told.lease().equals(lease(later.seen())))
        .filter(later -> !life.mayBeRetriedBetween(report, later))
        .findFirst()
        .ifPresent(later -> broken(Law.REPORT_HOLDS, report, later));
    life.reports()
        .filter(report::isBefore)
        .filter(again -> again.action().equals(told) && isLost(again))
        .filter(again -> !life.mayBeRetriedBetween(report, again))
        .findFirst()
        .ifPresent(again -> broken(Law.REPORT_HOLDS, report, again));
  }

  private void lateReport(Operation report, Report told) {
    life.sights()
        .filter(report::isBefore)
        .filter(sight -> told.lease().equals(lease(sight.seen())))
        .findFirst()
        .ifPresent(sight -> broken(Law.LATE_REPORT_IS_NOTHING, report, sight));
  }

  /** Workers put the lease of their claim into their result. */
  private static String lease(Seen seen) {
    return seen.result() == null ? "" : Objects.toString(seen.result().getString("lease"), "");
  }
}
