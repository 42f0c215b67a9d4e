package com.sutazai.tasks.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphTest {
  private static final List<String> DIAMOND = List.of("end", "left", "right", "start");
  private static final List<List<String>> DIAMOND_NEEDS =
      List.of(List.of("left", "right"), List.of("start"), List.of("start"), List.of());

  @Test
  void steps_run_in_waves() {
    assertThat(new Graph(DIAMOND, DIAMOND_NEEDS).waves())
        .containsExactly(List.of("start"), List.of("left", "right"), List.of("end"));
  }

  @Test
  void a_step_comes_after_all_that_it_needs_directly_or_not() {
    Graph graph = new Graph(DIAMOND, DIAMOND_NEEDS);
    assertThat(graph.comesAfter("end", "start")).isTrue();
    assertThat(graph.comesAfter("left", "right")).isFalse();
    assertThat(graph.comesAfter("start", "end")).isFalse();
    assertThat(graph.comesAfter("end", "end")).isFalse();
  }

  @Test
  void a_cycle_is_told_as_the_way_around() {
    Graph graph =
        new Graph(
            List.of("a", "b", "c", "d", "e"),
            List.of(List.of(), List.of("a", "d"), List.of("b"), List.of("c"), List.of("b")));
    assertThat(graph.cycle()).hasValue(List.of("b", "d", "c", "b"));
  }

  @Test
  void a_step_that_needs_itself_is_a_cycle() {
    Graph graph = new Graph(List.of("a"), List.of(List.of("a")));
    assertThat(graph.cycle()).hasValue(List.of("a", "a"));
  }

  /** Against an oracle: a step is after what a plain walk along its needs reaches. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void random_graphs_are_seen_as_a_plain_walk_sees_them(long seed) {
    // Given
    Random random = new Random(seed);
    int size = 1 + random.nextInt(40);
    List<String> ids = new ArrayList<>();
    List<List<String>> needs = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ids.add("s" + i);
    }
    for (int i = 0; i < size; i++) {
      List<String> each = new ArrayList<>();
      int backward = random.nextInt(30) == 0 ? size : i;
      for (int j = 0; j < random.nextInt(4) && backward > 0; j++) {
        each.add(ids.get(random.nextInt(backward)));
      }
      needs.add(each);
    }

    // When
    Graph graph = new Graph(ids, needs);

    // Then
    boolean circular = ids.stream().anyMatch(id -> reached(id, ids, needs).contains(id));
    assertThat(graph.cycle().isPresent()).as("seed " + seed).isEqualTo(circular);
    graph
        .cycle()
        .ifPresent(
            round -> {
              assertThat(round.getFirst()).isEqualTo(round.getLast());
              for (int i = 1; i < round.size(); i++) {
                assertThat(needs.get(ids.indexOf(round.get(i - 1)))).contains(round.get(i));
              }
            });
    if (!circular) {
      for (String id : ids) {
        Set<String> before = reached(id, ids, needs);
        assertThat(ids).allMatch(other -> graph.comesAfter(id, other) == before.contains(other));
      }
    }
  }

  private static Set<String> reached(String id, List<String> ids, List<List<String>> needs) {
    Set<String> reached = new HashSet<>();
    List<String> open = new ArrayList<>(needs.get(ids.indexOf(id)));
    while (!open.isEmpty()) {
      String next = open.removeLast();
      if (reached.add(next)) {
        open.addAll(needs.get(ids.indexOf(next)));
      }
    }
    return reached;
  }
}
