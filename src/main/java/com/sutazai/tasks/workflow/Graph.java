package com.sutazai.tasks.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which steps wait for which; ids are unique, and every dependency is the id of a step. */
final class Graph {
  private final List<String> ids;
  private final Map<String, Integer> places = new HashMap<>();
  private final List<List<Integer>> needs;

  /** Steps in an order in which none comes before what it needs; shorter when there is a cycle. */
  private final List<Integer> order = new ArrayList<>();

  /** The steps that each one needs, directly or not; complete where there is no cycle. */
  private final List<BitSet> before = new ArrayList<>();

  private final List<List<String>> waves = new ArrayList<>();

  Graph(List<String> ids, List<List<String>> dependsOn) {
    this.ids = List.copyOf(ids);
    for (int i = 0; i < ids.size(); i++) {
      places.put(ids.get(i), i);
      before.add(new BitSet());
    }
    needs =
        dependsOn.stream().map(each -> each.stream().map(this::place).distinct().toList()).toList();
    sort();
  }

  private int place(String id) {
    Integer place = places.get(id);
    if (place == null) {
      throw new IllegalArgumentException("There is no step " + id);
    }
    return place;
  }

  /** By waves (Kahn): each takes the steps whose needs were all met by the waves before it. */
  private void sort() {
    int[] open = needs.stream().mapToInt(List::size).toArray();
    List<List<Integer>> neededBy = new ArrayList<>();
    ids.forEach(id -> neededBy.add(new ArrayList<>()));
    Deque<Integer> ready = new ArrayDeque<>();
    for (int step = 0; step < open.length; step++) {
      for (int needed : needs.get(step)) {
        neededBy.get(needed).add(step);
      }
      if (open[step] == 0) {
        ready.add(step);
      }
    }
    while (!ready.isEmpty()) {
      List<Integer> wave = List.copyOf(ready);
      ready.clear();
      waves.add(wave.stream().map(ids::get).toList());
      for (int step : wave) {
        order.add(step);
        for (int needed : needs.get(step)) {
          before.get(step).set(needed);
          before.get(step).or(before.get(needed));
        }
        for (int next : neededBy.get(step)) {
          if (--open[next] == 0) {
            ready.add(next);
          }
        }
      }
    }
  }

  /** Steps that wait for each other, each for the next, the first one again at the end. */
  Optional<List<String>> cycle() {
    if (order.size() == ids.size()) {
      return Optional.empty();
    }
    // Each step that is left needs another one that is left, so walking along comes back.
    BitSet left = new BitSet();
    left.set(0, ids.size());
    order.forEach(left::clear);
    List<Integer> path = new ArrayList<>();
    int step = left.nextSetBit(0);
    while (!path.contains(step)) {
      path.add(step);
      step = needs.get(step).stream().filter(left::get).findFirst().orElseThrow();
    }
    List<Integer> round = new ArrayList<>(path.subList(path.indexOf(step), path.size()));
    round.add(step);
    return Optional.of(round.stream().map(ids::get).toList());
  }

  /** Steps that can be at work at once, wave after wave; where there is no cycle. */
  List<List<String>> waves() {
    return List.copyOf(waves);
  }

  boolean has(String id) {
    return places.containsKey(id);
  }

  /** Whether the step begins only after the other one has ended; where there is no cycle. */
  boolean comesAfter(String step, String other) {
    return before.get(place(step)).get(place(other));
  }
}
