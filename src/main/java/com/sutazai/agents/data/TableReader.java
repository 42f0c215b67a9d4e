package com.sutazai.agents.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sutazai.agents.data.Table.Unreadable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** Makes a table of what callers send: CSV text with a header, or JSON. */
final class TableReader {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d{1,300}(\\.\\d{0,300})?|\\.\\d{1,300})([eE][+-]?\\d{1,3})?");

  private final ObjectMapper json;

  TableReader(ObjectMapper json) {
    this.json = json;
  }

  /** CSV as RFC 4180 has it; the first record names the columns. */
  Table csv(String text, char delimiter) throws Unreadable, InterruptedException {
    Table table = new Table();
    String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(delimiter)
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .get();
    try (CSVParser records = CSVParser.parse(clean, format)) {
      List<String> names = records.getHeaderNames();
      for (String name : names) {
        table.column(name);
      }
      for (CSVRecord record : records) {
        if (record.size() > names.size()) {
          throw new Unreadable(
              "has "
                  + record.size()
                  + " cells in line "
                  + records.getCurrentLineNumber()
                  + ", but its header names "
                  + names.size()
                  + " columns");
        }
        table.row();
        for (int i = 0; i < record.size(); i++) {
          table.cell(names.get(i), value(record.get(i)));
        }
      }
      return table;
    } catch (IllegalArgumentException | IOException | UncheckedIOException e) {
      throw new Unreadable("is no CSV: " + firstLine(e));
    }
  }

  /** Text of a cell as what it stands for. */
  private static JsonNode value(String cell) {
    String text = cell.strip();
    if (text.isEmpty()) {
      return NullNode.instance;
    }
    if (NUMBER.matcher(text).matches()) {
      JsonNode number = DecimalNode.valueOf(new BigDecimal(text));
      return Table.isHandy(number) ? number : TextNode.valueOf(cell);
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return BooleanNode.valueOf(text.equalsIgnoreCase("true"));
    }
    return TextNode.valueOf(cell);
  }

  Table json(String text) throws Unreadable, InterruptedException {
    try {
      return json(json.readTree(text));
    } catch (JsonProcessingException e) {
      throw new Unreadable("is no JSON: " + e.getOriginalMessage());
    }
  }

  /** An array of objects is rows, an object is one row, an array of values is the column value. */
  Table json(JsonNode data) throws Unreadable, InterruptedException {
    Table table = new Table();
    if (data.isArray()) {
      for (JsonNode element : data) {
        row(table, element);
      }
    } else if (!data.isMissingNode() && !(data.isObject() && data.isEmpty())) {
      row(table, data);
    }
    return table;
  }

  private static void row(Table table, JsonNode element) throws Unreadable, InterruptedException {
    table.row();
    if (!element.isObject()) {
      table.cell("value", element);
      return;
    }
    for (var field : element.properties()) {
      table.cell(field.getKey(), field.getValue());
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("it cannot be read");
  }
}
