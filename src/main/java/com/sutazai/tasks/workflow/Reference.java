package com.sutazai.tasks.workflow;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The value that a placeholder stands for: a path, of names of fields and places in arrays.
 *
 * @param step whose {@code result}, {@code status} or {@code error} it begins at; null: at the
 *     workflow's input
 */
record Reference(@Nullable String step, List<String> path) {
  private static final String STEPS = "steps";
  private static final String INPUT = "input";
  private static final Set<String> PARTS = Set.of("result", "status", "error");

  Reference {
    path = List.copyOf(path);
  }

  /** Reads what stands between the braces; null when it is no such path. */
  static @Nullable Reference parse(String text) {
    List<String> segments = List.of(text.strip().split("\\.", -1));
    if (segments.stream().anyMatch(String::isBlank)) {
      return null;
    }
    if (segments.getFirst().equals(INPUT)) {
      return new Reference(null, segments.subList(1, segments.size()));
    }
    boolean ofStep =
        segments.size() >= 3
            && segments.getFirst().equals(STEPS)
            && PARTS.contains(segments.get(2));
    return ofStep ? new Reference(segments.get(1), segments.subList(2, segments.size())) : null;
  }

  @Override
  public String toString() {
    String start = step == null ? INPUT : STEPS + "." + step;
    return path.isEmpty() ? start : start + "." + String.join(".", path);
  }
}
