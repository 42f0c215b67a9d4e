package com.sutazai.agents.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.AgentWork;
import com.sutazai.agents.TaskAgent;
import com.sutazai.agents.data.Table.Unreadable;
import java.util.List;

/**
 * Runs tasks of type {@code data_processing}: statistics for each column of the payload's data.
 *
 * <p>The data is {@code csv} (a text whose first line names the columns, with an optional {@code
 * delimiter}), or {@code json} (a text), or {@code data} (an array of objects or values, or one
 * object). Any other payload is one row, whose fields are the columns. {@code columns} narrows the
 * result to some of them.
 */
@TaskAgent(
    name = "data-worker",
    type = "data",
    capabilities = {"data_processing", "statistics", "csv", "json"},
    taskTypes = "data_processing")
class DataProcessingAgent implements AgentWork {
  private final ObjectMapper json;
  private final TableReader reader;

  DataProcessingAgent(ObjectMapper json) {
    this.json = json;
    reader = new TableReader(json);
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    JsonNode payload = call.payload();
    String field =
        payload.has("csv")
            ? "csv"
            : payload.has("json") ? "json" : payload.has("data") ? "data" : "";
    try {
      Table table =
          switch (field) {
            case "csv" -> reader.csv(text(payload, "csv"), delimiter(payload));
            case "json" -> reader.json(text(payload, "json"));
            case "data" -> reader.json(payload.get("data"));
            default -> reader.json(payload);
          };
      boolean narrowed = !field.isEmpty() && payload.has("columns");
      return new AgentAnswer.Done(
          narrowed
              ? statistics(table, names(payload.get("columns")), call)
              : statistics(table, List.copyOf(table.columns().keySet()), call));
    } catch (Unreadable e) {
      String where = field.isEmpty() ? "payload" : "payload." + field;
      return new AgentAnswer.Failed("invalid_payload", where + " " + e.getMessage(), false);
    }
  }

  private ObjectNode statistics(Table table, List<String> names, AgentCall call) throws Unreadable {
    ObjectNode result = json.createObjectNode();
    result.put("rows", table.rows());
    ObjectNode columns = result.putObject("columns");
    for (String name : names) {
      List<JsonNode> values = table.columns().get(name);
      if (values == null) {
        throw new Unreadable(
            "has no column " + name + "; its columns are " + table.columns().keySet());
      }
      columns.set(name, new ColumnStatistics(values).of(table.rows()));
      call.progress(
          (double) columns.size() / names.size(),
          "column " + columns.size() + " of " + names.size());
    }
    return result;
  }

  private static String text(JsonNode payload, String field) throws Unreadable {
    if (!payload.get(field).isTextual()) {
      throw new Unreadable("must be a text");
    }
    return payload.get(field).textValue();
  }

  private static char delimiter(JsonNode payload) throws Unreadable {
    String text = payload.path("delimiter").asText(",");
    if (text.length() != 1 || "\"\r\n".contains(text)) {
      throw new Unreadable("needs a delimiter of one character that is no quote or line end");
    }
    return text.charAt(0);
  }

  private static List<String> names(JsonNode columns) throws Unreadable {
    if (!columns.isArray()) {
      throw new Unreadable("is narrowed by columns, which must be an array of names");
    }
    return columns.valueStream().map(JsonNode::asText).distinct().toList();
  }
}
