package com.sutazai.agents.consensus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Answers that were given, those that say the same together.
 *
 * @param groups the largest first
 * @param given how many answers there are
 */
record Votes(List<Group> groups, int given) {
  /** What belongs to words and is none: all but signs of numbers, such as in -5, 3.14 and 50 %. */
  private static final Pattern PUNCTUATION = Pattern.compile("[\\p{P}&&[^.,%-]]|[.,-](?!\\d)");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  Votes {
    groups = List.copyOf(groups);
  }

  /**
   * Those who say the same.
   *
   * @param answer as the first of them said it
   * @param members their places among the answers
   */
  record Group(String answer, List<Integer> members) {
    Group {
      members = List.copyOf(members);
    }
  }

  /** Counts answers; the key of an answer says which others are the same. */
  static Votes of(List<String> answers, Function<String, String> key) {
    Map<String, List<Integer>> same = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      same.computeIfAbsent(key.apply(answers.get(i)), text -> new ArrayList<>()).add(i);
    }
    List<Group> groups =
        same.values().stream()
            .map(members -> new Group(answers.get(members.getFirst()).strip(), members))
            .sorted(Comparator.comparing(group -> -group.members().size()))
            .toList();
    return new Votes(groups, answers.size());
  }

  /** Without case, punctuation and differences of white space. */
  static String normalised(String answer) {
    String words = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll(" ");
    return SPACE.matcher(words).replaceAll(" ").strip();
  }

  /** What most say; empty when nobody answered, or two groups are as large. */
  Optional<String> winner() {
    boolean tie =
        groups.size() > 1 && groups.get(0).members().size() == groups.get(1).members().size();
    return tie ? Optional.empty() : groups.stream().findFirst().map(Group::answer);
  }

  /** Share of the answers that the largest group has, 0 to 1; empty when nobody answered. */
  OptionalDouble agreement() {
    return groups.stream()
        .mapToDouble(group -> (double) group.members().size() / given)
        .findFirst();
  }
}
