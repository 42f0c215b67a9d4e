package com.sutazai.tasks.schedule;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimetableTest {
  private static List<String> next(String cron, String zone, String after, int count) {
    InstantSource clock = InstantSource.fixed(Instant.parse(after));
    return moments(Timetable.of(cron, zone), clock.instant(), count).stream()
        .map(moment -> moment.atZone(ZoneId.of(zone)).toOffsetDateTime().toString())
        .toList();
  }

  private static List<Instant> moments(Timetable timetable, Instant after, int count) {
    List<Instant> moments = new ArrayList<>();
    Instant last = after;
    for (int i = 0; i < count; i++) {
      last = timetable.next(last).orElseThrow();
      moments.add(last);
    }
    return moments;
  }

  @Test
  void a_time_that_clocks_skip_is_due_once_when_they_have_skipped_it() {
    assertThat(next("30 2 * * *", "Europe/Zurich", "2026-03-27T12:00:00Z", 3))
        .containsExactly(
            "2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
    assertThat(next("0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", 2))
        .containsExactly("2026-09-06T01:00-03:00", "2026-09-07T00:00-03:00");
  }

  @Test
  void a_time_that_clocks_show_twice_is_due_the_first_time_only() {
    assertThat(next("30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
    assertThat(next("30 2 * * *", "Europe/Zurich", "2026-10-25T01:10:00Z", 1))
        .as("after 02:10 of the second pass")
        .containsExactly("2026-10-26T02:30+01:00");
  }

  @Test
  void a_rhythm_goes_on_while_clocks_are_changed() {
    assertThat(next("*/30 * * * *", "Europe/Zurich", "2026-03-29T00:10:00Z", 4))
        .containsExactly(
            "2026-03-29T01:30+01:00",
            "2026-03-29T03:00+02:00",
            "2026-03-29T03:30+02:00",
            "2026-03-29T04:00+02:00");
    assertThat(next("15 * * * *", "Europe/Zurich", "2026-10-24T23:30:00Z", 3))
        .containsExactly(
            "2026-10-25T02:15+02:00", "2026-10-25T02:15+01:00", "2026-10-25T03:15+01:00");
  }

  @Test
  void times_that_fall_together_are_one_moment() {
    assertThat(next("0,30 2,3 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 3))
        .containsExactly(
            "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00", "2026-03-30T02:00+02:00");
  }

  @Test
  void a_day_is_named_by_its_date_or_by_its_weekday() {
    assertThat(next("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", 4))
        .containsExactly(
            "2026-01-02T00:00Z", "2026-01-09T00:00Z", "2026-01-13T00:00Z", "2026-01-16T00:00Z");
    assertThat(next("0 12 * jan mon-tue,7", "UTC", "2026-01-01T00:00:00Z", 3))
        .containsExactly("2026-01-04T12:00Z", "2026-01-05T12:00Z", "2026-01-06T12:00Z");
    assertThat(next("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2))
        .containsExactly("2028-02-29T00:00Z", "2032-02-29T00:00Z");
  }

  @Test
  void the_moment_itself_is_not_after_it() {
    assertThat(next("* * * * *", "UTC", "2026-01-01T00:00:00Z", 1))
        .containsExactly("2026-01-01T00:01Z");
    assertThat(next("* * * * *", "UTC", "2026-01-01T00:00:59.999999Z", 1))
        .containsExactly("2026-01-01T00:01Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 30 2 *", "* * 31 4,6,9,11 *"})
  void a_day_that_does_not_exist_is_never_due(String cron) {
    assertThat(Timetable.of(cron, "Europe/Zurich").next(Instant.EPOCH)).isEmpty();
  }

  /** Each zone changes its clocks differently: by an hour, by half of one, at midnight, never. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Zurich,2026-03-27",
    "Europe/Zurich,2026-10-23",
    "America/New_York,2026-03-06",
    "America/New_York,2026-10-30",
    "America/Santiago,2026-09-04",
    "America/Santiago,2026-04-03",
    "America/Havana,2026-03-06",
    "Australia/Lord_Howe,2026-10-02",
    "Australia/Lord_Howe,2026-04-03",
    "Asia/Kolkata,2026-03-27",
    "Pacific/Apia,2011-12-28",
    "UTC,2026-03-27"
  })
  void moments_are_those_that_a_search_minute_by_minute_finds(String zone, LocalDate from) {
    Random random = new Random(from.toEpochDay());
    for (int i = 0; i < 40; i++) {
      // Given
      NavigableSet<Integer> minutes = some(random, 60);
      NavigableSet<Integer> hours = i % 3 == 0 ? new TreeSet<>() : some(random, 6);
      NavigableSet<Integer> weekdays = i % 5 == 0 ? some(random, 7) : all(7);
      String cron =
          list(minutes)
              + (hours.isEmpty() ? " * " : " " + list(hours) + " ")
              + "* * "
              + (weekdays.size() == 7 ? "*" : list(weekdays));
      Instant start = from.atTime(random.nextInt(24), random.nextInt(60)).toInstant(ZoneOffset.UTC);
      Instant end = start.plus(Duration.ofDays(4));

      // When
      List<Instant> found = new ArrayList<>();
      Timetable timetable = Timetable.of(cron, zone);
      for (Instant at = timetable.next(start).orElseThrow();
          at.isBefore(end);
          at = timetable.next(at).orElseThrow()) {
        found.add(at);
      }

      // Then
      assertThat(found)
          .as(cron + " in " + zone + " after " + start)
          .containsExactlyElementsOf(
              expected(ZoneId.of(zone), minutes, hours, weekdays, start, end));
    }
  }

  private static NavigableSet<Integer> some(Random random, int bound) {
    NavigableSet<Integer> values = new TreeSet<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      values.add(random.nextInt(bound));
    }
    return values;
  }

  private static NavigableSet<Integer> all(int bound) {
    return new TreeSet<>(IntStream.range(0, bound).boxed().toList());
  }

  private static String list(NavigableSet<Integer> values) {
    return values.stream().map(String::valueOf).collect(joining(","));
  }

  private static NavigableSet<Instant> expected(
      ZoneId zone,
      NavigableSet<Integer> minutes,
      NavigableSet<Integer> hours,
      NavigableSet<Integer> weekdays,
      Instant start,
      Instant end) {
    NavigableSet<Instant> expected = new TreeSet<>();
    if (hours.isEmpty()) {
      for (Instant at = start; at.isBefore(end); at = at.plusSeconds(60)) {
        LocalDateTime time = LocalDateTime.ofInstant(at, zone);
        if (minutes.contains(time.getMinute())
            && weekdays.contains(time.getDayOfWeek().getValue() % 7)) {
          expected.add(at);
        }
      }
    } else {
      LocalDateTime last = LocalDateTime.ofInstant(end, ZoneOffset.UTC).plusDays(2);
      for (LocalDateTime time = LocalDateTime.ofInstant(start, ZoneOffset.UTC).minusDays(2);
          time.isBefore(last);
          time = time.plusMinutes(1)) {
        if (minutes.contains(time.getMinute())
            && hours.contains(time.getHour())
            && weekdays.contains(time.getDayOfWeek().getValue() % 7)) {
          var offsets = zone.getRules().getValidOffsets(time);
          expected.add(
              offsets.isEmpty()
                  ? zone.getRules().getTransition(time).getInstant()
                  : time.toInstant(offsets.getFirst()));
        }
      }
    }
    return expected.subSet(start, false, end, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "60 * * * *|minute 60: Value 60 not in range [0, 59]",
        "* 24 * * *|hour 24: Value 24 not in range [0, 23]",
        "* * 0 * *|day of month 0: Value 0 not in range [1, 31]",
        "* * * 13 *|month 13: Value 13 not in range [1, 12]",
        "* * * * 8|day of week 8: Value 8 not in range [0, 7]",
        "*/0 * * * *|minute */0: Period 0 not in range [0, 59]",
        "5-1 * * * *|minute 5-1: Invalid range",
        "1-5/2/3 * * * *|minute 1-5/2/3: it must be",
        "/5 * * * *|minute /5: it must be",
        "1,,2 * * * *|minute 1,,2: it must be",
        "0 0 L * *|day of month L",
        "0 0 ? * 1|day of month ?",
        "0 0 * foo *|month FOO",
        "99999999999 * * * *|minute 99999999999",
        "* * * *|five fields (minute, hour, day of month, month, day of week), has 4",
        "* * * * * *|has 6",
        "@daily|has 1",
      })
  void a_wrong_expression_is_refused_by_its_field_and_rule(String cron, String reason) {
    assertThatThrownBy(() -> Timetable.of(cron, "UTC"))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("cron ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Mars/Base", "+02:00", "GMT+1", "europe/zurich"})
  void a_zone_is_one_that_has_a_name(String zone) {
    assertThatThrownBy(() -> Timetable.of("* * * * *", zone))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("time_zone must be the name of a time zone");
  }
}
