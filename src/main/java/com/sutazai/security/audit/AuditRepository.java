package com.sutazai.security.audit;

import static com.sutazai.platform.sql.SqlValues.column;
import static com.sutazai.platform.sql.SqlValues.time;

import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code audit_log}. */
@Singleton
class AuditRepository {
  // Rows whose first try broke off may be there already.
  private static final Statement INSERT =
      Statement.of(
          "audit_log.insert",
          """
      INSERT INTO audit_log (id, at, owner_id, owner, key_id, action, target, outcome, status, address, request_id, count)
      SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                           $8::text[], $9::smallint[], $10::text[], $11::text[], $12::int[])
      ON CONFLICT (id) DO NOTHING
      """);

  // Newest first along the primary key; filters are looked at row by row.
  private static final Statement FIND =
      Statement.of(
          "audit_log.find",
          """
      SELECT id, at, owner_id, owner, key_id, action, target, outcome, status, address, request_id, count
      FROM audit_log
      WHERE ($1::uuid IS NULL OR id < $1)
        AND ($2::text IS NULL OR owner = $2)
        AND ($3::text IS NULL OR action = $3)
        AND ($4::text IS NULL OR outcome = $4)
        AND ($5::timestamptz IS NULL OR at >= $5)
        AND ($6::timestamptz IS NULL OR at < $6)
        AND ($7::text IS NULL OR address = $7)
      ORDER BY id DESC
      LIMIT $8
      """);

  private static final Statement REMOVE =
      Statement.of(
          "audit_log.remove_old", "SELECT remove_old_audit_log($1::uuid, $2::int) AS removed");

  void insert(Sql sql, List<AuditEvent> events) {
    sql.update(
        INSERT,
        column(events, UUID[]::new, AuditEvent::id),
        column(events, OffsetDateTime[]::new, event -> time(event.at())),
        column(events, UUID[]::new, AuditEvent::ownerId),
        column(events, String[]::new, AuditEvent::owner),
        column(events, UUID[]::new, AuditEvent::keyId),
        column(events, String[]::new, AuditEvent::action),
        column(events, String[]::new, AuditEvent::target),
        column(events, String[]::new, AuditEvent::outcome),
        column(
            events,
            Short[]::new,
            event -> event.status() == null ? null : event.status().shortValue()),
        column(events, String[]::new, AuditEvent::address),
        column(events, String[]::new, AuditEvent::requestId),
        column(events, Integer[]::new, AuditEvent::count));
  }

  List<AuditEvent> find(Sql sql, @Nullable UUID after, AuditSearch search, int limit) {
    return sql
        .query(
            FIND,
            after,
            search.owner(),
            search.action(),
            search.outcome(),
            time(search.from()),
            time(search.to()),
            search.address(),
            limit)
        .stream()
        .map(AuditRepository::event)
        .toList();
  }

  /** Removes at most so many that are older than that id; tells how many. */
  long remove(Sql sql, UUID before, int most) {
    return sql.query(REMOVE, before, most).getFirst().getLong("removed");
  }

  private static AuditEvent event(Row row) {
    Short status = row.getShort("status");
    return new AuditEvent(
        row.getUUID("id"),
        row.getOffsetDateTime("at").toInstant(),
        row.getUUID("owner_id"),
        row.getString("owner"),
        row.getUUID("key_id"),
        row.getString("action"),
        row.getString("target"),
        row.getString("outcome"),
        status == null ? null : (int) status,
        row.getString("address"),
        row.getString("request_id"),
        row.getInteger("count"));
  }
}
