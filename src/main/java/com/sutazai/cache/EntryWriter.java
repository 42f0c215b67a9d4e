package com.sutazai.cache;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.GroupCommit;
import com.sutazai.platform.sql.Statement;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Writes entries to the table: those that come while others are being written go together, in one
 * statement.
 */
final class EntryWriter {
  private static final int LANES = 2;
  private static final int MOST_TOGETHER = 100;
  private static final long MOST_BYTES_TOGETHER = 8 << 20;

  // Arrays have no rows of different lengths, so an entry's tags are the text of a JSON array: a
  // tag
  // may be any text.
  private static final Statement PUT =
      Statement.of(
          "cache_entries.put",
          """
      INSERT INTO cache_entries (name, entry, tags, expires_at)
      SELECT name, entry, ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), now() + keep * interval '1 millisecond'
      FROM unnest($1::text[], $2::bytea[], $3::text[], $4::float8[]) AS new (name, entry, tags, keep)
      ON CONFLICT (name) DO UPDATE
      SET entry = excluded.entry, tags = excluded.tags, expires_at = excluded.expires_at
      """);

  private final Database database;
  private final GroupCommit<NewEntry, Boolean> commits =
      new GroupCommit<>(
          LANES, MOST_TOGETHER, MOST_BYTES_TOGETHER, each -> each.entry().length, this::put);

  EntryWriter(Database database) {
    this.database = database;
  }

  /** An entry that is to be kept for so long. */
  record NewEntry(String name, byte[] entry, Set<String> tags, Duration keep) {
    String tagsAsText() {
      return new JsonArray(tags.stream().sorted().toList()).encode();
    }
  }

  /** Returns after the commit. */
  boolean write(NewEntry entry) {
    return commits.store(entry);
  }

  /** In the order of names, so that two statements never wait for each other. */
  private List<Boolean> put(List<NewEntry> entries) {
    var byName = new TreeMap<String, NewEntry>();
    entries.forEach(each -> byName.put(each.name(), each)); // a statement writes no row twice
    Collection<NewEntry> rows = byName.values();
    database.update(
        PUT,
        column(rows, String[]::new, NewEntry::name),
        column(rows, Buffer[]::new, each -> Buffer.buffer(each.entry())),
        column(rows, String[]::new, NewEntry::tagsAsText),
        column(rows, Double[]::new, each -> (double) each.keep().toMillis()));
    return Collections.nCopies(entries.size(), true);
  }

  private static <T> Object column(
      Collection<NewEntry> rows, IntFunction<T[]> array, Function<NewEntry, T> value) {
    return rows.stream().map(value).toArray(array);
  }
}
