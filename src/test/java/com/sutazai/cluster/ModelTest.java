package com.sutazai.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.cluster.Model.Law;
import com.sutazai.cluster.Model.Violation;
import com.sutazai.cluster.Operation.Action;
import com.sutazai.cluster.Operation.Action.Cancel;
import com.sutazai.cluster.Operation.Action.Read;
import com.sutazai.cluster.Operation.Action.Report;
import com.sutazai.cluster.Operation.Action.Retry;
import com.sutazai.cluster.Operation.Action.Submit;
import com.sutazai.cluster.Operation.Action.Take;
import com.sutazai.cluster.Operation.Outcome;
import com.sutazai.cluster.Operation.Outcome.Done;
import com.sutazai.cluster.Operation.Outcome.Refused;
import com.sutazai.cluster.Operation.Outcome.Unknown;
import com.sutazai.cluster.Operation.Seen;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Shows that each law catches what breaks it, and that right histories pass. */
class ModelTest {
  private static final Submit SUBMIT = new Submit("t", "noop", null, -1);
  private static final Submit WITH_KEY = new Submit("t", "noop", "key", -1);
  private static final Submit COUNTING = new Submit("t", "data_processing", null, 3);
  private static final Submit FOR_WORKERS = new Submit("t", "count", null, -1);
  private static final Read READ = new Read("id");
  private static final Cancel CANCEL = new Cancel("id");
  private static final Retry RETRY = new Retry("id");

  private final History history = new History();

  private void happened(int node, Action action, Outcome outcome) {
    history.record(node, action, () -> outcome);
  }

  /** The read of each node that every history ends with. */
  private void ends(Seen seen) {
    happened(0, READ, new Done(200, seen));
    happened(1, READ, new Done(200, seen));
  }

  private List<Law> broken() {
    return Model.check(history.operations()).stream().map(Violation::law).distinct().toList();
  }

  private static Seen seen(String status) {
    boolean ended = !status.equals("pending") && !status.equals("processing");
    return new Seen(
        "id", "t", "noop", status, 1, 0, false, null, ended ? "then" : null, new JsonObject());
  }

  private static Seen seen(
      String id, int attempt, boolean dead, String status, @Nullable String error) {
    return new Seen(id, "t", "noop", status, attempt, 0, dead, error, "then", null);
  }

  private static Seen completed(JsonObject result) {
    return new Seen("id", "t", "count", "completed", 1, 0, false, null, "then", result);
  }

  private static Outcome accepted() {
    return new Done(202, seen("pending"));
  }

  private static Outcome unknown() {
    return new Unknown(0, "reset");
  }

  private static Outcome unavailable() {
    return new Refused(503, "database_unavailable");
  }

  private static Outcome missing() {
    return new Refused(404, "not_found");
  }

  @Test
  void a_right_history_breaks_nothing() {
    happened(0, WITH_KEY, unknown());
    happened(1, WITH_KEY, unavailable());
    happened(1, WITH_KEY, accepted());
    happened(0, READ, new Done(200, seen("processing")));
    happened(0, CANCEL, new Done(200, seen("cancelled")));
    happened(1, WITH_KEY, accepted());
    happened(1, READ, new Done(200, seen("cancelled")));
    happened(1, RETRY, new Done(202, seen("pending")));
    happened(0, READ, new Done(200, seen("completed")));
    happened(0, CANCEL, new Refused(409, "wrong_state"));
    ends(seen("completed"));

    assertThat(broken()).isEmpty();
  }

  @Test
  void what_was_never_accepted_need_not_be() {
    happened(0, SUBMIT, unknown());
    happened(1, new Submit("u", "noop", null, -1), unavailable());

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_lost_task_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, READ, missing());
    happened(1, READ, missing());

    assertThat(broken()).containsExactlyInAnyOrder(Law.ENDS, Law.VISIBLE);
  }

  @Test
  void a_task_that_no_last_look_shows_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(1, new Submit("u", "noop", null, -1), unknown());

    assertThat(broken()).containsExactly(Law.ENDS);
  }

  @Test
  void a_task_that_stays_pending_is_found_out() {
    happened(0, SUBMIT, accepted());
    ends(seen("pending"));

    assertThat(broken()).containsExactly(Law.ENDS);
  }

  @Test
  void an_unknown_task_that_appears_and_never_ends_is_found_out() {
    happened(0, SUBMIT, unknown());
    ends(seen("processing"));

    assertThat(broken()).containsExactly(Law.ENDS);
  }

  @Test
  void two_ends_at_two_nodes_are_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, READ, new Done(200, seen("completed")));
    happened(1, READ, new Done(200, seen("cancelled")));

    assertThat(broken()).contains(Law.ENDS);
  }

  @Test
  void a_result_without_an_accept_is_found_out() {
    happened(0, SUBMIT, unavailable());
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.NOT_WITHOUT_ACCEPT);
  }

  @Test
  void a_task_that_nobody_sent_is_found_out() {
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.NOT_WITHOUT_ACCEPT);
  }

  @Test
  void two_tasks_of_one_key_are_found_out() {
    happened(0, WITH_KEY, unknown());
    happened(1, WITH_KEY, accepted());
    ends(seen("completed"));
    happened(1, new Read("other"), new Done(200, seen("other", 1, false, "completed", null)));

    assertThat(broken()).contains(Law.ACCEPTED_ONCE);
  }

  @Test
  void an_accepted_task_that_another_node_does_not_find_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(1, READ, missing());
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.VISIBLE);
  }

  @Test
  void an_end_that_changes_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, READ, new Done(200, completed(new JsonObject().put("n", 1))));
    ends(completed(new JsonObject().put("n", 2)));

    assertThat(broken()).containsExactly(Law.STAYS_ENDED);
  }

  @Test
  void an_end_that_goes_back_to_work_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, READ, new Done(200, seen("completed")));
    happened(1, READ, new Done(200, seen("processing")));
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.STAYS_ENDED);
  }

  @Test
  void an_end_may_change_with_a_retry_even_one_of_unknown_outcome() {
    happened(0, SUBMIT, accepted());
    happened(0, RETRY, unknown());
    happened(0, READ, new Done(200, seen("completed")));
    happened(1, READ, new Done(200, seen("processing")));
    ends(seen("completed"));

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_retry_that_was_over_before_the_end_excuses_nothing() {
    happened(0, SUBMIT, accepted());
    happened(0, RETRY, new Done(202, seen("pending")));
    happened(0, READ, new Done(200, seen("completed")));
    happened(1, READ, new Done(200, seen("processing")));
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.STAYS_ENDED);
  }

  @Test
  void a_refused_retry_excuses_nothing() {
    happened(0, SUBMIT, accepted());
    happened(0, READ, new Done(200, seen("completed")));
    happened(0, RETRY, new Refused(409, "wrong_state"));
    ends(seen("cancelled"));

    assertThat(broken()).contains(Law.STAYS_ENDED);
  }

  @Test
  void a_lost_cancel_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, CANCEL, new Done(200, seen("cancelled")));
    ends(seen("completed"));

    assertThat(broken()).contains(Law.CANCEL_HOLDS);
  }

  @Test
  void a_cancel_without_a_wish_is_found_out() {
    happened(0, SUBMIT, accepted());
    happened(0, CANCEL, new Refused(409, "wrong_state"));
    ends(seen("cancelled"));

    assertThat(broken()).containsExactly(Law.CANCELLED_BY_WISH);
  }

  @Test
  void a_cancel_of_unknown_outcome_may_have_been_done() {
    happened(0, SUBMIT, accepted());
    happened(0, CANCEL, new Unknown(503, "database_unavailable"));
    ends(seen("cancelled"));

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_try_too_many_is_found_out() {
    happened(0, SUBMIT, accepted());
    ends(seen("id", 2, false, "completed", null));

    assertThat(broken()).containsExactly(Law.BOUNDED_TRIES);
  }

  @Test
  void a_task_whose_every_try_killed_its_process_ends_dead() {
    happened(0, SUBMIT, accepted());
    ends(seen("id", 2, true, "failed", "process_died"));

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_worker_that_is_given_a_task_too_often_is_found_out() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, new Take("w"), new Done(200, seen("id", 2, false, "processing", null)));
    ends(seen("id", 3, true, "failed", "worker_silent"));

    assertThat(broken()).containsExactly(Law.BOUNDED_TRIES);
  }

  @Test
  void a_failure_with_tries_left_is_found_out() {
    happened(0, SUBMIT, accepted());
    ends(seen("id", 1, false, "failed", "process_died"));

    assertThat(broken()).containsExactly(Law.FAILS_DEAD);
  }

  @Test
  void a_mistake_of_the_program_is_found_out() {
    happened(0, SUBMIT, new Unknown(500, "internal"));

    assertThat(broken()).containsExactly(Law.CLEAR_ANSWERS);
  }

  @Test
  void a_result_of_another_task_is_found_out() {
    happened(0, COUNTING, accepted());
    ends(completed(new JsonObject().put("rows", 4)));

    assertThat(broken()).containsExactly(Law.OWN_RESULT);
  }

  @Test
  void an_answer_that_did_not_wait_is_found_out() {
    happened(0, SUBMIT, new Done(200, seen("processing")));
    ends(seen("completed"));

    assertThat(broken()).containsExactly(Law.WAITED_FOR);
  }

  @Test
  void a_report_that_is_sent_again_after_trouble_is_right() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, new Take("w"), new Done(200, seen("processing")));
    happened(0, report("lease"), unknown());
    happened(1, report("lease"), new Done(200, completed(byLease("lease"))));
    happened(1, report("lease"), new Done(200, completed(byLease("lease"))));
    happened(0, report("older"), lost());
    ends(completed(byLease("lease")));

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_report_is_history_once_the_task_is_run_again() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, report("lease"), new Done(200, completed(byLease("lease"))));
    happened(1, RETRY, new Done(202, seen("pending")));
    happened(1, report("newer"), new Done(200, completed(byLease("newer"))));
    happened(0, report("lease"), lost());
    ends(completed(byLease("newer")));

    assertThat(broken()).isEmpty();
  }

  @Test
  void a_report_that_is_taken_and_lost_is_found_out() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, report("lease"), new Done(200, completed(byLease("lease"))));
    happened(1, new Take("w"), new Done(200, seen("processing")));
    ends(completed(byLease("newer")));

    assertThat(broken()).contains(Law.REPORT_HOLDS);
  }

  @Test
  void a_report_that_is_taken_once_and_refused_again_is_found_out() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, report("lease"), new Done(200, completed(byLease("lease"))));
    happened(1, report("lease"), lost());
    ends(completed(byLease("lease")));

    assertThat(broken()).contains(Law.REPORT_HOLDS);
  }

  @Test
  void a_late_report_that_changes_something_is_found_out() {
    happened(0, FOR_WORKERS, accepted());
    happened(0, report("late"), lost());
    ends(completed(byLease("late")));

    assertThat(broken()).containsExactly(Law.LATE_REPORT_IS_NOTHING);
  }

  private static Report report(String lease) {
    return new Report("id", lease, true);
  }

  private static Outcome lost() {
    return new Refused(409, "lease_lost");
  }

  private static JsonObject byLease(String lease) {
    return new JsonObject().put("lease", lease);
  }
}
