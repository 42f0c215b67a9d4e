package com.sutazai.security.key;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.SqlValues;
import com.sutazai.platform.sql.Statement;
import com.sutazai.security.quota.Limits;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code api_keys} and of their secrets. */
@Singleton
class KeyRepository {
  private static final Statement ANY =
      Statement.of("api_keys.any", "SELECT EXISTS (SELECT FROM api_keys) AS found");

  // Sessions too: what a user may do stands in its roles, as a key's scopes do.
  private static final Statement CHECK =
      Statement.of(
          "api_keys.check",
          """
      SELECT s.prefix, s.hash, least(s.expires_at, k.expires_at) AS expires_at, k.revoked_at IS NOT NULL AS revoked,
        k.id, k.owner_id, o.name AS owner, k.scopes, k.models, k.task_types
      FROM api_key_secrets s
      JOIN api_keys k ON k.id = s.key_id
      JOIN owners o ON o.id = k.owner_id
      WHERE s.prefix = ANY ($1)
      UNION ALL
      SELECT s.prefix, s.hash, least(s.expires_at, s.used_at + $2 * interval '1 millisecond'), false, NULL, u.owner_id, o.name, u.roles, '{}', '{}'
      FROM sessions s
      JOIN users u ON u.id = s.user_id
      JOIN owners o ON o.id = u.owner_id
      WHERE s.prefix = ANY ($1)
      """);

  private static final Statement INSERT =
      Statement.of(
          "api_keys.insert",
          """
      INSERT INTO api_keys (id, owner_id, name, scopes, models, task_types, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """);

  private static final Statement INSERT_SECRET =
      Statement.of(
          "api_key_secrets.insert",
          "INSERT INTO api_key_secrets (prefix, key_id, hash, created_at) VALUES ($1, $2, $3, $4)");

  private static final Statement LIST =
      Statement.of(
          "api_keys.list",
          """
      SELECT k.id, k.name, o.name AS owner, k.scopes, k.models, k.task_types, k.created_at, k.expires_at, k.last_used_at,
        k.revoked_at, k.limits::text AS limits,
        ARRAY (SELECT s.prefix FROM api_key_secrets s WHERE s.key_id = k.id AND (s.expires_at IS NULL OR s.expires_at > $4)
          ORDER BY s.created_at DESC) AS prefixes
      FROM api_keys k
      JOIN owners o ON o.id = k.owner_id
      WHERE k.owner_id = $1 AND ($2::uuid IS NULL OR k.id < $2)
      ORDER BY k.id DESC
      LIMIT $3
      """);

  private static final Statement FIND =
      Statement.of(
          "api_keys.find",
          """
      SELECT k.id, k.name, o.name AS owner, k.scopes, k.models, k.task_types, k.created_at, k.expires_at, k.last_used_at,
        k.revoked_at, k.limits::text AS limits,
        ARRAY (SELECT s.prefix FROM api_key_secrets s WHERE s.key_id = k.id AND (s.expires_at IS NULL OR s.expires_at > $3)
          ORDER BY s.created_at DESC) AS prefixes
      FROM api_keys k
      JOIN owners o ON o.id = k.owner_id
      WHERE k.owner_id = $1 AND k.id = $2
      """);

  // Before a key is read to be changed, so that of two changes at once neither is lost.
  private static final Statement LOCK =
      Statement.of(
          "api_keys.lock", "SELECT id FROM api_keys WHERE owner_id = $1 AND id = $2 FOR UPDATE");

  private static final Statement REVOKE =
      Statement.of(
          "api_keys.revoke",
          """
      UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE owner_id = $1 AND id = $2
      """);

  private static final Statement LIMIT =
      Statement.of("api_keys.limit", "UPDATE api_keys SET limits = $2::text::jsonb WHERE id = $1");

  private static final Statement END_SECRETS =
      Statement.of(
          "api_key_secrets.end",
          """
      UPDATE api_key_secrets SET expires_at = least(expires_at, $2) WHERE key_id = $1
      """);

  private static final Statement REMOVE_ENDED =
      Statement.of(
          "api_key_secrets.remove_ended",
          "DELETE FROM api_key_secrets WHERE key_id = $1 AND expires_at <= $2");

  private static final Statement USED =
      Statement.of(
          "api_keys.used",
          """
      UPDATE api_keys k SET last_used_at = u.used_at
      FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, used_at)
      WHERE k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.used_at)
      """);

  private final ObjectMapper json;

  KeyRepository(ObjectMapper json) {
    this.json = json;
  }

  /** Whether there is, or ever was, a key. */
  boolean any(Sql sql) {
    return sql.query(ANY).getFirst().getBoolean("found");
  }

  /**
   * Rows of keys and sessions.
   *
   * @param idle after which an unused session has expired
   */
  List<Row> check(Sql sql, Collection<String> prefixes, Duration idle) {
    return sql.query(CHECK, prefixes.toArray(String[]::new), idle.toMillis());
  }

  void insert(Sql sql, UUID id, UUID owner, MakeKey.Checked key, Instant now) {
    sql.update(
        INSERT,
        id,
        owner,
        key.name(),
        key.scopes().toArray(String[]::new),
        key.models().toArray(String[]::new),
        key.taskTypes().toArray(String[]::new),
        SqlValues.time(now),
        SqlValues.time(key.expiresAt()));
  }

  void insert(Sql sql, UUID key, Secret secret, Instant now) {
    sql.update(
        INSERT_SECRET,
        secret.prefix(),
        key,
        io.vertx.core.buffer.Buffer.buffer(secret.hash()),
        SqlValues.time(now));
  }

  List<ApiKey> list(Sql sql, UUID owner, @Nullable UUID after, int limit, Instant now) {
    return sql.query(LIST, owner, after, limit, SqlValues.time(now)).stream()
        .map(this::key)
        .toList();
  }

  Optional<ApiKey> find(Sql sql, UUID owner, UUID id, Instant now) {
    return sql.query(FIND, owner, id, SqlValues.time(now)).stream().findFirst().map(this::key);
  }

  /** Lets no other transaction change the key, if there is one, until this one ends. */
  void lock(Sql sql, UUID owner, UUID id) {
    sql.query(LOCK, owner, id);
  }

  /** Whether there is such a key. */
  boolean revoke(Sql sql, UUID owner, UUID id, Instant now) {
    return sql.update(REVOKE, owner, id, SqlValues.time(now)) > 0;
  }

  void limit(Sql sql, UUID id, Limits limits) {
    sql.update(LIMIT, id, json.valueToTree(limits).toString());
  }

  /** Lets the key's secrets end then, and forgets those that have ended. */
  void endSecrets(Sql sql, UUID key, Instant end, Instant now) {
    sql.update(END_SECRETS, key, SqlValues.time(end));
    sql.update(REMOVE_ENDED, key, SqlValues.time(now));
  }

  void used(Sql sql, Map<UUID, Instant> uses) {
    List<Map.Entry<UUID, Instant>> each = List.copyOf(uses.entrySet());
    sql.update(
        USED,
        each.stream().map(Map.Entry::getKey).toArray(UUID[]::new),
        each.stream().map(use -> SqlValues.time(use.getValue())).toArray(OffsetDateTime[]::new));
  }

  private Limits limits(String text) {
    try {
      return json.readValue(text, Limits.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private ApiKey key(Row row) {
    return new ApiKey(
        row.getUUID("id"),
        row.getString("name"),
        row.getString("owner"),
        List.of(row.getArrayOfStrings("scopes")),
        List.of(row.getArrayOfStrings("models")),
        List.of(row.getArrayOfStrings("task_types")),
        List.of(row.getArrayOfStrings("prefixes")),
        row.getOffsetDateTime("created_at").toInstant(),
        SqlValues.instant(row, "expires_at"),
        SqlValues.instant(row, "last_used_at"),
        SqlValues.instant(row, "revoked_at"),
        limits(row.getString("limits")),
        null,
        null);
  }
}
