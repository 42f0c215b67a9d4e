package com.sutazai.security.quota;

import static com.sutazai.platform.sql.SqlValues.column;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code quota_used}, and the limits of keys. */
@Singleton
class QuotaRepository {
  // In one order, so that processes that settle at once wait for each other and never both. What
  // refilled
  // since the row was written is taken off, at the rate of its limits at that time.
  private static final Statement SETTLE =
      Statement.of(
          "quota_used.settle",
          """
      INSERT INTO quota_used AS q (account_id, owner_id, requests, tokens, requests_rate, tokens_rate, at, day, day_tokens)
      SELECT account_id, coalesce(k.owner_id, spent.owner_id), requests, tokens, requests_rate, tokens_rate, clock_timestamp(),
             day, day_tokens
      FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::date[], $8::bigint[])
        AS spent (account_id, owner_id, requests, tokens, requests_rate, tokens_rate, day, day_tokens)
      LEFT JOIN api_keys k ON k.id = account_id
      ORDER BY account_id
      ON CONFLICT (account_id) DO UPDATE
      SET requests = greatest(0, excluded.requests + greatest(0, q.requests
            - q.requests_rate * greatest(0, extract(epoch FROM excluded.at - q.at)))),
          tokens = greatest(0, excluded.tokens + greatest(0, q.tokens
            - q.tokens_rate * greatest(0, extract(epoch FROM excluded.at - q.at)))),
          requests_rate = excluded.requests_rate,
          tokens_rate = excluded.tokens_rate,
          at = greatest(q.at, excluded.at),
          day = greatest(q.day, excluded.day),
          day_tokens = CASE WHEN excluded.day > q.day THEN excluded.day_tokens
                            WHEN excluded.day < q.day THEN q.day_tokens
                            ELSE greatest(0, q.day_tokens + excluded.day_tokens) END
      RETURNING account_id, requests, tokens, day, day_tokens
      """);

  private static final Statement READ =
      Statement.of(
          "quota_used.read",
          """
      SELECT a.id AS account_id, k.limits::text AS limits, q.day, q.day_tokens,
             greatest(0, q.requests - q.requests_rate * extract(epoch FROM clock_timestamp() - q.at)) AS requests,
             greatest(0, q.tokens - q.tokens_rate * extract(epoch FROM clock_timestamp() - q.at)) AS tokens
      FROM unnest($1::uuid[]) AS a (id)
      LEFT JOIN api_keys k ON k.id = a.id
      LEFT JOIN quota_used q ON q.account_id = a.id
      """);

  private final ObjectMapper json;

  QuotaRepository(ObjectMapper json) {
    this.json = json;
  }

  /** What is known of an account. */
  record Known(UUID account, Limits limits, Used used) {}

  /** Adds to what all have used; tells how much that is now. */
  Map<UUID, Used> settle(Sql sql, List<Spent> spent) {
    Map<UUID, Used> used = new HashMap<>();
    sql.query(
            SETTLE,
            column(spent, UUID[]::new, Spent::account),
            column(spent, UUID[]::new, Spent::owner),
            column(spent, Double[]::new, Spent::requests),
            column(spent, Double[]::new, Spent::tokens),
            column(spent, Double[]::new, Spent::requestsRate),
            column(spent, Double[]::new, Spent::tokensRate),
            column(spent, LocalDate[]::new, each -> LocalDate.ofEpochDay(each.day())),
            column(spent, Long[]::new, Spent::dayTokens))
        .forEach(row -> used.put(row.getUUID("account_id"), used(row)));
    return used;
  }

  List<Known> read(Sql sql, Collection<UUID> accounts) {
    return sql.query(READ, (Object) accounts.toArray(UUID[]::new)).stream()
        .map(
            row -> new Known(row.getUUID("account_id"), limits(row.getString("limits")), used(row)))
        .toList();
  }

  private static Used used(Row row) {
    LocalDate day = row.getLocalDate("day");
    return day == null
        ? Used.NOTHING
        : new Used(
            row.getDouble("requests"),
            row.getDouble("tokens"),
            day.toEpochDay(),
            row.getLong("day_tokens"));
  }

  private Limits limits(@Nullable String text) {
    try {
      return text == null ? Limits.NONE : json.readValue(text, Limits.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
