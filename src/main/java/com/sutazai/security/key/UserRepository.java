package com.sutazai.security.key;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.SqlValues;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code users} and of their sessions. */
@Singleton
class UserRepository {
  private static final Statement INSERT =
      Statement.of(
          "users.insert",
          """
      INSERT INTO users (id, owner_id, email, name, password_hash, roles)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (email) DO NOTHING
      """);

  private static final Statement LIST =
      Statement.of(
          "users.list",
          """
      SELECT u.id, u.email, u.name, o.name AS owner, u.roles, u.created_at
      FROM users u
      JOIN owners o ON o.id = u.owner_id
      WHERE $1::uuid IS NULL OR u.id < $1
      ORDER BY u.id DESC
      LIMIT $2
      """);

  private static final Statement FIND =
      Statement.of(
          "users.find",
          """
      SELECT u.id, u.email, u.name, o.name AS owner, u.roles, u.created_at
      FROM users u
      JOIN owners o ON o.id = u.owner_id
      WHERE u.id = $1
      """);

  private static final Statement BY_EMAIL =
      Statement.of("users.by_email", "SELECT id, password_hash FROM users WHERE email = $1");

  private static final Statement SET_PASSWORD =
      Statement.of("users.set_password", "UPDATE users SET password_hash = $2 WHERE id = $1");

  private static final Statement DELETE =
      Statement.of("users.delete", "DELETE FROM users WHERE id = $1");

  /**
   * For a user whose password is still the one that was looked at. Whoever sets another one waits
   * for the row, and then finds this session among those to end.
   */
  private static final Statement BEGIN =
      Statement.of(
          "sessions.insert",
          """
      INSERT INTO sessions (prefix, user_id, hash, created_at, used_at, expires_at)
      SELECT $1, id, $4, $5, $5, $6
      FROM users
      WHERE id = $2 AND password_hash = $3
      FOR SHARE
      """);

  private static final Statement USED =
      Statement.of(
          "sessions.used",
          """
      UPDATE sessions s SET used_at = u.used_at
      FROM unnest($1::varchar[], $2::timestamptz[]) AS u (prefix, used_at)
      WHERE s.prefix = u.prefix AND s.used_at < u.used_at
      """);

  private static final Statement END =
      Statement.of(
          "sessions.end", "DELETE FROM sessions WHERE prefix = $1 AND hash = $2 RETURNING prefix");

  private static final Statement END_ALL =
      Statement.of("sessions.end_all", "DELETE FROM sessions WHERE user_id = $1 RETURNING prefix");

  private static final Statement REMOVE_ENDED =
      Statement.of("sessions.remove_ended", "DELETE FROM sessions WHERE expires_at < $1");

  /** A user as a login finds it. */
  record Known(UUID id, @Nullable String passwordHash) {}

  /** False when there is one with this address. */
  boolean insert(Sql sql, UUID id, UUID owner, MakeUser.Checked user, String hash) {
    return sql.update(
            INSERT, id, owner, user.email(), user.name(), hash, user.roles().toArray(String[]::new))
        == 1;
  }

  List<User> list(Sql sql, @Nullable UUID after, int limit) {
    return sql.query(LIST, after, limit).stream().map(UserRepository::user).toList();
  }

  Optional<User> find(Sql sql, UUID id) {
    return sql.query(FIND, id).stream().findFirst().map(UserRepository::user);
  }

  Optional<Known> known(Sql sql, String email) {
    return sql.query(BY_EMAIL, email).stream()
        .findFirst()
        .map(row -> new Known(row.getUUID("id"), row.getString("password_hash")));
  }

  boolean setPassword(Sql sql, UUID id, String hash) {
    return sql.update(SET_PASSWORD, id, hash) == 1;
  }

  boolean delete(Sql sql, UUID id) {
    return sql.update(DELETE, id) == 1;
  }

  /** Begins a session; false when the user is gone or has another password by now. */
  boolean begin(Sql sql, Known user, Secret secret, Instant now, Instant end) {
    sql.update(REMOVE_ENDED, SqlValues.time(now));
    return sql.update(
            BEGIN,
            secret.prefix(),
            user.id(),
            user.passwordHash(),
            Buffer.buffer(secret.hash()),
            SqlValues.time(now),
            SqlValues.time(end))
        == 1;
  }

  /** Writes when sessions were used, by their prefixes. */
  void used(Sql sql, Map<String, Instant> uses) {
    List<Map.Entry<String, Instant>> each = List.copyOf(uses.entrySet());
    sql.update(
        USED,
        each.stream().map(Map.Entry::getKey).toArray(String[]::new),
        each.stream().map(use -> SqlValues.time(use.getValue())).toArray(OffsetDateTime[]::new));
  }

  /** Ends that session; tells the prefixes that ended. */
  List<String> end(Sql sql, Secret secret) {
    return prefixes(sql.query(END, secret.prefix(), Buffer.buffer(secret.hash())));
  }

  /** Ends all of a user's sessions. */
  List<String> endAll(Sql sql, UUID user) {
    return prefixes(sql.query(END_ALL, user));
  }

  private static List<String> prefixes(List<Row> rows) {
    return rows.stream().map(row -> row.getString("prefix")).toList();
  }

  private static User user(Row row) {
    return new User(
        row.getUUID("id"),
        row.getString("email"),
        row.getString("name"),
        row.getString("owner"),
        List.of(row.getArrayOfStrings("roles")),
        row.getOffsetDateTime("created_at").toInstant());
  }
}
