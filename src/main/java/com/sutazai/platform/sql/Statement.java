package com.sutazai.platform.sql;

import java.util.Set;

/**
 * One SQL statement of ours, written out whole.
 *
 * @param name {@code <table>.<verb>}; the label of its duration in {@code
 *     db_query_duration_seconds}
 * @param reads what its rows are made of, in the words that the database's triggers say when that
 *     changes; empty when they are not kept
 */
public record Statement(String name, String text, Set<String> reads) {
  public static Statement of(String name, String text) {
    return new Statement(name, text, Set.of());
  }

  /** The same, whose rows may be kept until one of these changes. */
  public Statement reading(String... tags) {
    return new Statement(name, text, Set.of(tags));
  }

  /** Whether it may change something; a query that begins with SELECT does not. */
  boolean changes() {
    return !text.stripLeading().startsWith("SELECT");
  }
}
