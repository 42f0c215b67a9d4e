package com.sutazai.tasks.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sutazai.tasks.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoardTest {
  private static final Task.Failure BROKEN = new Task.Failure("broken", "It broke.");

  private static Board.Step step(String id, StepStatus status, String... needs) {
    return new Board.Step(id, List.of(needs), false, false, 5, status);
  }

  private static Board.Step pending(String id, String... needs) {
    return step(id, StepStatus.PENDING, needs);
  }

  private static Board board(Board.Step... steps) {
    return new Board(List.of(steps), true, 5, false);
  }

  private static Board goingOn(Board.Step... steps) {
    return new Board(List.of(steps), false, 5, false);
  }

  @Test
  void a_step_is_ready_when_all_that_it_needs_is_completed() {
    assertThat(
            board(
                    step("a", StepStatus.COMPLETED),
                    step("b", StepStatus.RUNNING),
                    pending("c", "a"),
                    pending("d", "a", "b"))
                .ready())
        .containsExactly("c");
  }

  @Test
  void no_more_begin_than_there_is_room_for_and_higher_priorities_first() {
    Board board =
        new Board(
            List.of(
                step("a", StepStatus.RUNNING),
                pending("b"),
                pending("c"),
                new Board.Step("d", List.of(), false, false, 9, StepStatus.PENDING)),
            true,
            3,
            false);
    assertThat(board.ready()).containsExactly("d", "b");
    board.begun("d");
    assertThat(board.ready()).containsExactly("b");
  }

  @Test
  void while_it_is_paused_none_begins_and_it_has_not_ended() {
    Board board = new Board(List.of(step("a", StepStatus.COMPLETED), pending("b")), true, 5, true);
    assertThat(board.ready()).isEmpty();
    assertThat(board.outcome()).isEmpty();
  }

  @Test
  void a_failed_step_cancels_what_waits_and_running_ones_end_first() {
    Board board = board(step("a", StepStatus.FAILED), step("b", StepStatus.RUNNING), pending("c"));
    assertThat(board.changes())
        .extracting(Board.Change::step, Board.Change::status)
        .containsExactly(tuple("c", StepStatus.CANCELLED));
    assertThat(board.ready()).isEmpty();
    assertThat(board.outcome()).isEmpty();
  }

  @Test
  void where_failures_do_not_end_all_only_what_needs_the_step_is_skipped() {
    Board board =
        goingOn(
            step("a", StepStatus.FAILED), pending("d", "c"), pending("b"), pending("c", "a", "b"));
    assertThat(board.ready()).containsExactly("b");
    assertThat(board.changes())
        .extracting(Board.Change::step, change -> change.failure().code())
        .containsExactly(tuple("c", "dependency_failed"), tuple("d", "dependency_skipped"));
  }

  @Test
  void what_needs_a_skipped_step_is_skipped_too_unless_it_says_otherwise() {
    Board board =
        board(
            step("a", StepStatus.SKIPPED),
            pending("b", "a"),
            new Board.Step("c", List.of("a"), false, true, 5, StepStatus.PENDING),
            new Board.Step("d", List.of("b", "c"), false, true, 5, StepStatus.PENDING));
    assertThat(board.ready()).containsExactly("c");
    assertThat(board.changes()).extracting(Board.Change::step).containsExactly("b");
  }

  @Test
  void a_step_that_cannot_begin_has_failed_or_is_skipped() {
    Board ending = board(pending("a"), pending("b", "a"));
    ending.failed("a", BROKEN);
    assertThat(ending.outcome()).hasValue(WorkflowStatus.FAILED);

    Board skipping =
        board(new Board.Step("a", List.of(), true, false, 5, StepStatus.PENDING), pending("b"));
    skipping.failed("a", BROKEN);
    assertThat(skipping.changes().getFirst().status()).isEqualTo(StepStatus.SKIPPED);
    assertThat(skipping.ready()).containsExactly("b");
  }

  @Test
  void it_is_completed_when_no_step_failed() {
    assertThat(board(step("a", StepStatus.COMPLETED), step("b", StepStatus.SKIPPED)).outcome())
        .hasValue(WorkflowStatus.COMPLETED);
    assertThat(goingOn(step("a", StepStatus.COMPLETED), step("b", StepStatus.FAILED)).outcome())
        .hasValue(WorkflowStatus.FAILED);
  }
}
