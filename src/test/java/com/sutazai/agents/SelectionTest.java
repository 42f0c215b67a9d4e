package com.sutazai.agents;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.agents.RecentRuns.Summary;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final Summary UNKNOWN = new Summary(0, null, null);
  private static final UUID TASK = new UUID(9, 9);

  private final Selection selection = new Selection();

  private record Named(String name, UUID id, double load, int breadth, int priority, Summary recent)
      implements Candidate {
    Named(int number, double load, int breadth, int priority, Summary recent) {
      this("agent-" + number, new UUID(0, number), load, breadth, priority, recent);
    }
  }

  private String first(Strategy strategy, Named... able) {
    selection.use(strategy);
    return selection.order(List.of(able), "work", null).getFirst().name();
  }

  @Test
  void the_least_loaded_is_asked_first_by_default() {
    assertThat(selection.strategy()).isEqualTo(Strategy.LEAST_LOADED);
    assertThat(
            first(
                Strategy.LEAST_LOADED,
                new Named(1, 0.5, 1, 5, UNKNOWN),
                new Named(2, 0.25, 9, 9, UNKNOWN)))
        .isEqualTo("agent-2");
  }

  @Test
  void round_robin_really_rotates() {
    // Given
    selection.use(Strategy.ROUND_ROBIN);
    List<Named> able =
        IntStream.rangeClosed(1, 3).mapToObj(i -> new Named(i, 1.0 / i, i, i, UNKNOWN)).toList();

    // When
    List<String> asked =
        IntStream.range(0, 7)
            .mapToObj(i -> selection.order(able, "work", null).getFirst().name())
            .toList();

    // Then
    assertThat(asked)
        .containsExactly(
            "agent-1", "agent-2", "agent-3", "agent-1", "agent-2", "agent-3", "agent-1");
    assertThat(selection.order(able, "other", null).getFirst().name()).isEqualTo("agent-1");
  }

  @Test
  void a_specialist_is_preferred_to_a_generalist_by_capability_match() {
    assertThat(
            first(
                Strategy.CAPABILITY_MATCH,
                new Named(1, 0, 5, 0, UNKNOWN),
                new Named(2, 0.9, 2, 9, UNKNOWN)))
        .isEqualTo("agent-2");
  }

  @Test
  void the_more_important_agent_is_preferred_by_priority() {
    assertThat(
            first(
                Strategy.PRIORITY,
                new Named(1, 0, 1, 5, UNKNOWN),
                new Named(2, 0.9, 1, 1, UNKNOWN)))
        .isEqualTo("agent-2");
  }

  @Test
  void the_score_weighs_free_load_success_and_speed() {
    // Given
    var idleButFailing = new Named(1, 0, 1, 5, new Summary(10, 0.2, 10.0));
    var busyButGood = new Named(2, 0.5, 1, 5, new Summary(10, 1.0, 10.0));
    var slow = new Named(3, 0, 1, 5, new Summary(10, 1.0, 120_000.0));

    // Then
    assertThat(Selection.score(idleButFailing)).isEqualTo(0.4 + 0.08 + 0.2);
    assertThat(Selection.score(busyButGood)).isEqualTo(0.2 + 0.4 + 0.2);
    assertThat(Selection.score(slow)).isEqualTo(0.4 + 0.4 + 0.1);
    assertThat(first(Strategy.SCORE, idleButFailing, busyButGood)).isEqualTo("agent-2");
    assertThat(first(Strategy.SCORE, busyButGood, slow)).isEqualTo("agent-3");
  }

  @Test
  void where_a_task_failed_is_asked_last() {
    // Given
    var best = new Named(1, 0, 1, 0, UNKNOWN);
    var other = new Named(2, 0.8, 3, 9, UNKNOWN);

    for (Strategy strategy : Strategy.values()) {
      selection.use(strategy);

      // When
      selection.failed(TASK, best.id());

      // Then
      assertThat(selection.order(List.of(best, other), "work", TASK))
          .as(strategy.word())
          .containsExactly(other, best);
    }
  }
}
