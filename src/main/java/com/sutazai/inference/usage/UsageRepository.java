package com.sutazai.inference.usage;

import static com.sutazai.platform.sql.SqlValues.column;

import com.sutazai.inference.usage.UsageRow.Amounts;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code model_usage}. */
@ApplicationScoped
public class UsageRepository {
  private static final String NEW_ROWS =
      """
      INSERT INTO model_usage AS used (owner_id, day, model, requests, failed, uncounted, prompt_tokens, completion_tokens,
                                       queue_ms, total_ms, cost_units)
      SELECT owner_id, day, model, requests, failed, uncounted, prompt_tokens, completion_tokens,
             queue_nanos / 1e6, total_nanos / 1e6,
             (prompt_tokens * $11::text::numeric + completion_tokens * $12::text::numeric) / 1000
      FROM unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                  $9::bigint[], $10::bigint[])
        AS new (owner_id, day, model, requests, failed, uncounted, prompt_tokens, completion_tokens, queue_nanos, total_nanos)
      """;

  // In one order, so that processes that add to the same rows wait for each other and never both.
  private static final String ADDED =
      """
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

  private static final Statement ADD = Statement.of("model_usage.add", NEW_ROWS + ADDED);

  // A batch that was written already adds nothing. While a first try of it may still be at work
  // on the server, the second waits for its row in usage_batches, and thereby for its outcome.
  private static final Statement ADD_ONCE =
      Statement.of(
          "model_usage.add_once",
          """
          WITH fresh AS (
            INSERT INTO usage_batches AS last (writer, number, written_at)
            VALUES ($13, $14, now())
            ON CONFLICT (writer) DO UPDATE SET number = excluded.number, written_at = now() WHERE last.number < excluded.number
            RETURNING writer)
          """
              + NEW_ROWS
              + "WHERE EXISTS (SELECT FROM fresh)\n"
              + ADDED);

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
   * Adds to what is kept; for usage that is stored together with what it was spent on, in one
   * transaction. Call it last there: its locks are the ones that others wait for.
   */
  public void add(Sql sql, List<UsageRow> rows) {
    if (!rows.isEmpty()) {
      sql.update(ADD, columns(rows).toArray());
    }
  }

  /**
   * Adds a writer's batch, unless it was added before.
   *
   * @param number grows from batch to batch of the writer
   */
  void addOnce(Sql sql, UUID writer, long number, List<UsageRow> rows) {
    sql.update(
        ADD_ONCE, Stream.concat(columns(rows).stream(), Stream.of(writer, number)).toArray());
  }

  private List<Object> columns(List<UsageRow> rows) {
    List<UsageRow> distinct = UsageRow.summed(rows);
    return List.of(
        column(distinct, UUID[]::new, row -> row.key().owner()),
        column(distinct, LocalDate[]::new, row -> row.key().day()),
        column(distinct, String[]::new, row -> row.key().model()),
        amounts(distinct, Amounts::requests),
        amounts(distinct, Amounts::failed),
        amounts(distinct, Amounts::uncounted),
        amounts(distinct, Amounts::promptTokens),
        amounts(distinct, Amounts::completionTokens),
        amounts(distinct, Amounts::queueNanos),
        amounts(distinct, Amounts::totalNanos),
        cost.promptTokens().toPlainString(),
        cost.completionTokens().toPlainString());
  }

  private static Long[] amounts(List<UsageRow> rows, ToLongFunction<Amounts> amount) {
    return column(rows, Long[]::new, row -> amount.applyAsLong(row.amounts()));
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
