package com.sutazai.inference.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.usage.UsageRow.Amounts;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code model_usage}. */
@ApplicationScoped
public class UsageRepository {
  // In one order, so that processes that add to the same rows wait for each other and never both.
  private static final String ADDING =
      """
      INSERT INTO model_usage AS used (owner_id, day, model, requests, failed, uncounted, prompt_tokens, completion_tokens,
                                       queue_ms, total_ms, cost_units)
      SELECT owner_id, day, model, sum(requests), sum(failed), sum(uncounted), sum(prompt_tokens), sum(completion_tokens),
             sum(queue_nanos) / 1e6, sum(total_nanos) / 1e6, sum(cost_units)
      FROM jsonb_to_recordset($%d::text::jsonb)
        AS new (number int, owner_id uuid, day date, model text, requests bigint, failed bigint, uncounted bigint,
                prompt_tokens bigint, completion_tokens bigint, queue_nanos bigint, total_nanos bigint, cost_units numeric)
      WHERE %s
      GROUP BY owner_id, day, model
      ORDER BY owner_id, day, model
      ON CONFLICT (owner_id, day, model) DO UPDATE
      SET requests = used.requests + excluded.requests,
          failed = used.failed + excluded.failed,
          uncounted = used.uncounted + excluded.uncounted,
          prompt_tokens = used.prompt_tokens + excluded.prompt_tokens,
          completion_tokens = used.completion_tokens + excluded.completion_tokens,
          queue_ms = used.queue_ms + excluded.queue_ms,
          total_ms = used.total_ms + excluded.total_ms,
          cost_units = used.cost_units + excluded.cost_units
      """;

  // A batch that was written already adds nothing. While a first try of it may still be at work
  // on the server, the second waits for its row in usage_batches, and thereby for its outcome.
  private static final Statement ADD_ONCE =
      Statement.of(
          "model_usage.add_once",
          """
          WITH fresh AS (
            INSERT INTO usage_batches AS last (writer, number, written_at)
            VALUES ($1, $2, now())
            ON CONFLICT (writer) DO UPDATE SET number = excluded.number, written_at = now() WHERE last.number < excluded.number
            RETURNING writer)
          """
              + adding(3, "EXISTS (SELECT FROM fresh)"));

  private static final Statement FORGET =
      Statement.of(
          "usage_batches.forget",
          "DELETE FROM usage_batches WHERE written_at < now() - interval '30 days'");

  private static final String SUMS =
      """
             sum(requests)::bigint AS requests, sum(failed)::bigint AS failed, sum(uncounted)::bigint AS uncounted,
             sum(prompt_tokens)::bigint AS prompt_tokens, sum(completion_tokens)::bigint AS completion_tokens,
             sum(queue_ms) AS queue_ms, sum(total_ms) AS total_ms, trim_scale(sum(cost_units)) AS cost_units
      """;

  // By the primary key.
  private static final Statement OF_OWNER =
      Statement.of(
          "model_usage.of_owner",
          """
          SELECT CASE WHEN $4 THEN day END AS day, CASE WHEN $5 THEN model END AS model,
          """
              + SUMS
              + """
              FROM model_usage
              WHERE owner_id = $1 AND day BETWEEN $2 AND $3
              GROUP BY 1, 2
              ORDER BY 1, 2
              LIMIT $6
              """);

  private static final Statement OF_ALL =
      Statement.of(
          "model_usage.of_all",
          """
          SELECT CASE WHEN $3 THEN day END AS day, CASE WHEN $4 THEN model END AS model, CASE WHEN $5 THEN name END AS owner,
          """
              + SUMS
              + """
              FROM model_usage
              LEFT JOIN owners ON owners.id = owner_id
              WHERE day BETWEEN $1 AND $2
              GROUP BY 1, 2, 3
              ORDER BY 1, 2, 3
              LIMIT $6
              """);

  private final CostConfig cost;

  UsageRepository(CostConfig cost) {
    this.cost = cost;
    requireNoCredit("prompt-tokens", cost.promptTokens());
    requireNoCredit("completion-tokens", cost.completionTokens());
  }

  private static void requireNoCredit(String key, BigDecimal units) {
    if (units.signum() < 0) {
      throw new StartException(
          "sutazai.inference.cost." + key + " must not be negative, is " + units + ".");
    }
  }

  /**
   * The part of a statement that adds to what is kept, for usage that is stored together with what
   * it was spent on: one way to the server for both, and both or neither. As a WITH that nothing
   * reads it comes after the rest, so that others wait the least for its locks.
   *
   * @param parameter number of the one that has {@link #json}
   * @param wanted condition for a row, whose list has the {@code number}
   */
  public static String adding(int parameter, String wanted) {
    return ADDING.formatted(parameter, wanted);
  }

  /** Usage for {@link #adding}, in lists that are numbered from 1. */
  public String json(List<List<UsageRow>> lists) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < lists.size(); i++) {
      int number = i + 1;
      lists.get(i).forEach(row -> fill(all.addObject().put("number", number), row));
    }
    return all.toString();
  }

  private void fill(ObjectNode filled, UsageRow row) {
    Amounts amounts = row.amounts();
    filled
        .put("owner_id", row.key().owner().toString())
        .put("day", row.key().day().toString())
        .put("model", row.key().model())
        .put("requests", amounts.requests())
        .put("failed", amounts.failed())
        .put("uncounted", amounts.uncounted())
        .put("prompt_tokens", amounts.promptTokens())
        .put("completion_tokens", amounts.completionTokens())
        .put("queue_nanos", amounts.queueNanos())
        .put("total_nanos", amounts.totalNanos())
        .put("cost_units", cost(amounts).toPlainString());
  }

  /** Prices are for 1,000 tokens. */
  private BigDecimal cost(Amounts used) {
    return cost.promptTokens()
        .multiply(BigDecimal.valueOf(used.promptTokens()))
        .add(cost.completionTokens().multiply(BigDecimal.valueOf(used.completionTokens())))
        .movePointLeft(3);
  }

  /**
   * Adds a writer's batch, unless it was added before.
   *
   * @param number grows from batch to batch of the writer
   */
  void addOnce(Sql sql, UUID writer, long number, List<UsageRow> rows) {
    sql.update(ADD_ONCE, writer, number, json(List.of(rows)));
  }

  /** Forgets batches of processes that have long ended. */
  void forgetOldBatches(Sql sql) {
    sql.update(FORGET);
  }

  /** Sums of the caller's owner, ordered by what they are grouped by; at most so many. */
  List<UsageSum> ofOwner(Sql sql, Caller caller, UsageQuery query, int limit) {
    @Nullable String name = query.by("owner") ? caller.ownerName() : null;
    return sql
        .query(
            OF_OWNER,
            caller.owner(),
            query.from(),
            query.to(),
            query.by("day"),
            query.by("model"),
            limit)
        .stream()
        .map(row -> UsageSum.from(row, name))
        .toList();
  }

  /** Sums over all owners, ordered by what they are grouped by; at most so many. */
  List<UsageSum> ofAll(Sql sql, UsageQuery query, int limit) {
    return sql
        .query(
            OF_ALL,
            query.from(),
            query.to(),
            query.by("day"),
            query.by("model"),
            query.by("owner"),
            limit)
        .stream()
        .map(row -> UsageSum.from(row, row.getString("owner")))
        .toList();
  }
}
