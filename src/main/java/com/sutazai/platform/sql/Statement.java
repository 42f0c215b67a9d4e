package com.sutazai.platform.sql;

/**
 * One SQL statement of ours, written out whole.
 *
 * @param name {@code <table>.<verb>}; the label of its duration in {@code
 *     db_query_duration_seconds}
 */
public record Statement(String name, String text) {
  public static Statement of(String name, String text) {
    return new Statement(name, text);
  }

  /** Whether it may change something; a query that begins with SELECT does not. */
  boolean changes() {
    return !text.stripLeading().startsWith("SELECT");
  }
}
