package com.sutazai.platform.sql;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
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
