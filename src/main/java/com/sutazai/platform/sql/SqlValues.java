package com.sutazai.platform.sql;

import static java.util.stream.Collectors.joining;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Values of ours as the client sends and receives them. */
public final class SqlValues {
  private SqlValues() {}

  /** One value of each row: what {@code unnest} makes a column of. */
  public static <R, T extends @Nullable Object> T[] column(
      List<R> rows, IntFunction<T[]> array, Function<R, ? extends T> value) {
    return rows.stream().map(value).toArray(array);
  }

  /** An array as text, because there are no arrays of arrays to send. */
  public static String arrayLiteral(List<String> words) {
    return words.stream()
        .map(word -> '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(joining(",", "{", "}"));
  }

  /** The rows in lists in which no key comes twice: mostly one, none when there are no rows. */
  public static <R, K> List<List<R>> withoutTwins(List<R> rows, Function<R, K> key) {
    List<List<R>> lists = new ArrayList<>();
    List<R> left = rows;
    while (!left.isEmpty()) {
      Map<K, R> first = new LinkedHashMap<>();
      List<R> twins = new ArrayList<>();
      for (R row : left) {
        if (first.putIfAbsent(key.apply(row), row) != null) {
          twins.add(row);
        }
      }
      lists.add(List.copyOf(first.values()));
      left = twins;
    }
    return lists;
  }

  /** A moment for a {@code timestamptz}. */
  public static @Nullable OffsetDateTime time(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  /** The moment in a {@code timestamptz} that may be null. */
  public static @Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
