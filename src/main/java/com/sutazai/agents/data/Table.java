package com.sutazai.agents.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of a payload, kept by column. A cell is missing where a row has no such field, an empty text
 * in CSV, or null in JSON.
 */
final class Table {
  static final int MAX_COLUMNS = 1000;
  private static final int MOST_DIGITS = 700;

  private final Map<String, List<JsonNode>> columns = new LinkedHashMap<>();
  private int rows;

  /** Declares a column, so that it is reported even when no row has a value for it. */
  List<JsonNode> column(String name) throws Unreadable {
    List<JsonNode> known = columns.get(name);
    if (known != null) {
      return known;
    }
    if (columns.size() == MAX_COLUMNS) {
      throw new Unreadable("has more than " + MAX_COLUMNS + " columns");
    }
    List<JsonNode> fresh = new ArrayList<>();
    columns.put(name, fresh);
    return fresh;
  }

  /** Begins the next row. */
  void row() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    rows++;
  }

  /** A value of the current row; what is not given is missing, a number beyond reason is a text. */
  void cell(String name, JsonNode value) throws Unreadable {
    List<JsonNode> column = column(name);
    if (!value.isNull() && !value.isMissingNode()) {
      column.add(value.isNumber() && !isHandy(value) ? TextNode.valueOf(value.asText()) : value);
    }
  }

  /**
   * Whether it is a number that can be counted with and written out: PostgreSQL writes an exponent
   * out as digits, and few readers take thousands of them.
   */
  static boolean isHandy(JsonNode number) {
    if (!number.isBigDecimal() && !number.isBigInteger()) {
      return Double.isFinite(number.doubleValue());
    }
    if (!Double.isFinite(number.doubleValue())) {
      return false;
    }
    BigDecimal exact = number.decimalValue();
    int whole = Math.max(0, exact.precision() - exact.scale());
    return whole + Math.max(0, exact.scale()) <= MOST_DIGITS;
  }

  int rows() {
    return rows;
  }

  Map<String, List<JsonNode>> columns() {
    return columns;
  }

  /** The payload's data breaks a rule, which the message names. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String rule) {
      super(rule, null, false, false);
    }
  }
}
