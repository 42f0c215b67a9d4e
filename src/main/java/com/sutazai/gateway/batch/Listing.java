package com.sutazai.gateway.batch;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list as OpenAI's clients page through it: on with {@code after=<last_id>} while
 * {@code has_more}.
 */
@RegisterForReflection
record Listing<T>(
    String object,
    List<T> data,
    boolean hasMore,
    @Nullable String firstId,
    @Nullable String lastId) {
  /** Cuts the extra row that was read to learn whether there is more. */
  static <T> Listing<T> of(List<T> rows, int limit, Function<T, String> id) {
    List<T> data = rows.size() > limit ? List.copyOf(rows.subList(0, limit)) : rows;
    return new Listing<>(
        "list",
        data,
        rows.size() > limit,
        data.isEmpty() ? null : id.apply(data.getFirst()),
        data.isEmpty() ? null : id.apply(data.getLast()));
  }
}
