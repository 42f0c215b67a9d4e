package com.sutazai.platform.json;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Cursor pages over rows that are ordered by their UUIDv7 key, newest first. */
public final class Pages {
  public static final int DEFAULT_LIMIT = 50;
  public static final int MAX_LIMIT = 500;

  private Pages() {}

  /**
   * One page.
   *
   * @param nextCursor what to send as {@code cursor} for the next page; null on the last one
   */
  @RegisterForReflection
  public record Page<T>(List<T> items, @Nullable String nextCursor) {}

  /** Checks a page size. */
  public static int limit(@Nullable Integer asked) {
    int limit = asked == null ? DEFAULT_LIMIT : asked;
    if (limit < 1 || limit > MAX_LIMIT) {
      throw ProblemException.invalid("limit", "must be between 1 and " + MAX_LIMIT);
    }
    return limit;
  }

  /** Cuts the extra row that was read to learn whether there is a next page. */
  public static <T> Page<T> of(List<T> rows, int limit, Function<T, UUID> id) {
    if (rows.size() <= limit) {
      return new Page<>(rows, null);
    }
    List<T> items = List.copyOf(rows.subList(0, limit));
    return new Page<>(items, encode(id.apply(items.getLast())));
  }

  static String encode(UUID last) {
    ByteBuffer bytes = ByteBuffer.allocate(17).put((byte) 1);
    bytes.putLong(last.getMostSignificantBits()).putLong(last.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** The key to read on from, or null for the first page. */
  public static @Nullable UUID after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length == 17 && bytes[0] == 1) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, 16);
        return new UUID(buffer.getLong(), buffer.getLong());
      }
    } catch (IllegalArgumentException e) {
      // falls through to the same answer
    }
    throw new ProblemException(
        ErrorCode.INVALID_CURSOR, "cursor must be the next_cursor of an earlier page, unchanged");
  }
}
