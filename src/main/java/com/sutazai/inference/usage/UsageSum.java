package com.sutazai.inference.usage;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was used, as callers see it. Day, model and owner are there when it is grouped by them.
 *
 * @param requests all that were asked of the model, failed ones included
 * @param uncounted answered requests whose tokens the model server did not count; they are missing
 *     in the tokens and in the cost
 * @param queueMs time spent waiting for a free place
 * @param totalMs time from request to end
 * @param costUnits by the prices of the time
 */
@RegisterForReflection
record UsageSum(
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable LocalDate day,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String model,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String owner,
    long requests,
    long failed,
    long uncounted,
    long promptTokens,
    long completionTokens,
    double queueMs,
    double totalMs,
    BigDecimal costUnits) {

  static UsageSum from(Row row, @Nullable String owner) {
    return new UsageSum(
        row.getLocalDate("day"),
        row.getString("model"),
        owner,
        row.getLong("requests"),
        row.getLong("failed"),
        row.getLong("uncounted"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        rounded(row.getDouble("queue_ms")),
        rounded(row.getDouble("total_ms")),
        row.getBigDecimal("cost_units"));
  }

  static UsageSum total(List<UsageSum> sums) {
    return new UsageSum(
        null,
        null,
        null,
        total(sums, UsageSum::requests),
        total(sums, UsageSum::failed),
        total(sums, UsageSum::uncounted),
        total(sums, UsageSum::promptTokens),
        total(sums, UsageSum::completionTokens),
        milliseconds(sums, UsageSum::queueMs),
        milliseconds(sums, UsageSum::totalMs),
        sums.stream().map(UsageSum::costUnits).reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  private static long total(List<UsageSum> sums, ToLongFunction<UsageSum> amount) {
    return sums.stream().mapToLong(amount).sum();
  }

  private static double milliseconds(List<UsageSum> sums, ToDoubleFunction<UsageSum> amount) {
    return rounded(sums.stream().mapToDouble(amount).sum());
  }

  /** To microseconds. */
  private static double rounded(double milliseconds) {
    return Math.round(milliseconds * 1e3) / 1e3;
  }
}
