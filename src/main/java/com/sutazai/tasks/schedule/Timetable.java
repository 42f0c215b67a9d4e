package com.sutazai.tasks.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The moments that a cron expression of five fields names in a time zone.
 *
 * <p>The expression names local times. Where clocks are changed, a time that they skip is due when
 * they have skipped it, and one that they show twice is due the first time: each runs once. Only
 * with the hour {@code *}, which means a rhythm, skipped times are left out and repeated ones run
 * again.
 */
final class Timetable {
  private static final int LONGEST_CRON = 200;
  private static final int LONGEST_ZONE = 100;
  private static final int HOUR = 1;
  private static final List<String> FIELDS =
      List.of("minute", "hour", "day of month", "month", "day of week");

  /** What the parser would read otherwise than it is written, or refuse without a reason. */
  private static final Pattern FIELD = list("(\\*|\\w{1,3}(-\\w{1,3})?)(/\\d{1,2})?");

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  private final String cron;
  private final ZoneId zone;
  private final boolean everyHour;
  private final ExecutionTime local;

  private Timetable(String cron, ZoneId zone, boolean everyHour, ExecutionTime local) {
    this.cron = cron;
    this.zone = zone;
    this.everyHour = everyHour;
    this.local = local;
  }

  private static Pattern list(String item) {
    return Pattern.compile(item + "(," + item + ")*");
  }

  /** Reads both as callers send them; UTC when no zone is named. */
  static Timetable of(@Nullable String cron, @Nullable String timeZone) {
    String text = Check.text("cron", cron, LONGEST_CRON).strip();
    ZoneId zone = zone(timeZone == null ? "UTC" : Check.text("time_zone", timeZone, LONGEST_ZONE));
    List<String> fields = Arrays.asList(text.toUpperCase(Locale.ROOT).split("[ \\t]+", -1));
    if (fields.size() != FIELDS.size()) {
      throw ProblemException.invalid(
          "cron",
          "must have five fields (" + String.join(", ", FIELDS) + "), has " + fields.size());
    }
    for (int i = 0; i < fields.size(); i++) {
      requireReadable(i, fields.get(i));
    }
    return new Timetable(
        text,
        zone,
        fields.get(HOUR).equals("*"),
        ExecutionTime.forCron(PARSER.parse(String.join(" ", fields))));
  }

  private static ZoneId zone(String name) {
    if (!ZoneId.getAvailableZoneIds().contains(name)) {
      throw ProblemException.invalid(
          "time_zone", "must be the name of a time zone, such as UTC or Europe/Zurich");
    }
    return ZoneId.of(name);
  }

  /** Reads the field alone, so that the answer can name it. */
  private static void requireReadable(int place, String field) {
    if (!FIELD.matcher(field).matches()) {
      throw wrong(
          place, field, "it must be *, a value, a range a-b or a list of them, each with /step");
    }
    String[] alone = {"*", "*", "*", "*", "*"};
    alone[place] = field;
    try {
      PARSER.parse(String.join(" ", alone));
    } catch (IllegalArgumentException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw wrong(place, field, String.valueOf(reason.getMessage()));
    }
  }

  private static ProblemException wrong(int place, String field, String rule) {
    return ProblemException.invalid(
        "cron", "has a wrong " + FIELDS.get(place) + " " + field + ": " + rule);
  }

  /** The expression as it was written. */
  String cron() {
    return cron;
  }

  String timeZone() {
    return zone.getId();
  }

  /** The first moment after this one; empty when the expression names no day that exists. */
  Optional<Instant> next(Instant after) {
    return everyHour ? nextInRhythm(after) : nextOnce(after);
  }

  /**
   * The times of day in their order, which is the order of their moments too, although some of them
   * fall together.
   */
  private Optional<Instant> nextOnce(Instant after) {
    Optional<LocalDateTime> time = nextLocal(LocalDateTime.ofInstant(after, zone));
    while (time.isPresent() && !moment(time.get()).isAfter(after)) {
      time = nextLocal(time.get()); // clocks show it again
    }
    return time.map(this::moment);
  }

  private Instant moment(LocalDateTime time) {
    ZoneOffsetTransition change = zone.getRules().getTransition(time);
    return change != null && change.isGap()
        ? change.getInstant()
        : time.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }

  /** What clocks show until they are changed, then what they show from that moment on. */
  private Optional<Instant> nextInRhythm(Instant after) {
    ZoneRules rules = zone.getRules();
    Optional<Instant> next = nextAt(rules.getOffset(after), after);
    ZoneOffsetTransition change = rules.nextTransition(after);
    while (next.isPresent() && change != null && !next.get().isBefore(change.getInstant())) {
      next = nextAt(change.getOffsetAfter(), change.getInstant().minusSeconds(1));
      change = rules.nextTransition(change.getInstant());
    }
    return next;
  }

  private Optional<Instant> nextAt(ZoneOffset offset, Instant after) {
    return nextLocal(LocalDateTime.ofInstant(after, offset)).map(time -> time.toInstant(offset));
  }

  /** In UTC, where clocks are never changed. */
  private Optional<LocalDateTime> nextLocal(LocalDateTime after) {
    return local
        .nextExecution(after.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC))
        .map(time -> time.toLocalDateTime());
  }
}
