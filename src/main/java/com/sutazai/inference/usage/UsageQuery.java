package com.sutazai.inference.usage;

import com.sutazai.platform.error.ProblemException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which usage is asked for.
 *
 * @param from first day
 * @param to last day
 * @param groupBy of {@code day}, {@code model} and {@code owner}
 */
record UsageQuery(LocalDate from, LocalDate to, Set<String> groupBy) {
  private static final List<String> GROUPS = List.of("day", "model", "owner");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final int DAYS_BY_DEFAULT = 30;
  private static final int MOST_DAYS = 366;

  /** Checks what came over the wire; by default the 30 days that end today, by day and model. */
  static UsageQuery of(
      @Nullable String from, @Nullable String to, @Nullable String groupBy, LocalDate today) {
    LocalDate last = to == null ? today : date("to", to);
    LocalDate first = from == null ? last.minusDays(DAYS_BY_DEFAULT - 1) : date("from", from);
    if (first.isAfter(last)) {
      throw ProblemException.invalid("from", "must not be after to, which is " + last);
    }
    long days = ChronoUnit.DAYS.between(first, last) + 1;
    if (days > MOST_DAYS) {
      throw ProblemException.invalid(
          "from",
          "must be at most " + MOST_DAYS + " days before the end of to (" + last + "), is " + days);
    }
    return new UsageQuery(first, last, groupBy == null ? Set.of("day", "model") : groups(groupBy));
  }

  private static LocalDate date(String field, String text) {
    if (DATE.matcher(text).matches()) {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeException e) {
        // told below
      }
    }
    throw ProblemException.invalid(field, "must be a date such as 2026-01-31");
  }

  private static Set<String> groups(String text) {
    Set<String> groups = new TreeSet<>(List.of(text.split(",", -1)));
    if (!GROUPS.containsAll(groups)) {
      throw ProblemException.invalid(
          "group_by", "must be one or more of " + String.join(", ", GROUPS) + ", with commas");
    }
    return groups;
  }

  boolean by(String group) {
    return groupBy.contains(group);
  }
}
