package com.sutazai.agents.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be said of one column. Mean and deviation by Welford's method (Technometrics 4, 1962),
 * which does not cancel; quantiles interpolate linearly between the nearest values (Hyndman and
 * Fan, 1996, definition 7). The deviation is the sample's, so that of one value is null.
 */
final class ColumnStatistics {
  private static final int MOST_COMMON = 5;

  private final List<JsonNode> values;

  ColumnStatistics(List<JsonNode> values) {
    this.values = values;
  }

  ObjectNode of(int rows) {
    ObjectNode statistics = JsonNodeFactory.instance.objectNode();
    String type = type();
    statistics.put("type", type);
    statistics.put("count", values.size());
    statistics.put("missing", rows - values.size());
    Map<JsonNode, Integer> counts = new HashMap<>();
    values.forEach(value -> counts.merge(comparable(value), 1, Integer::sum));
    statistics.put("distinct", counts.size());
    if (type.equals("number")) {
      numbers(statistics);
    } else if (type.equals("text")) {
      lengths(statistics);
    }
    if (!values.isEmpty() && !type.equals("number")) {
      mostCommon(statistics, counts);
    }
    return statistics;
  }

  /** 1 and 1.0 are the same number. */
  private static JsonNode comparable(JsonNode value) {
    return value.isNumber()
        ? JsonNodeFactory.instance.numberNode(value.decimalValue().stripTrailingZeros())
        : value;
  }

  private String type() {
    String type = "";
    for (JsonNode value : values) {
      String own = type(value);
      if (!type.isEmpty() && !type.equals(own)) {
        return "mixed";
      }
      type = own;
    }
    return type.isEmpty() ? "empty" : type;
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      case ARRAY -> "array";
      case OBJECT, POJO -> "object";
      case STRING, BINARY -> "text";
      case NULL, MISSING -> "empty";
    };
  }

  private void numbers(ObjectNode statistics) {
    double[] sorted = values.stream().mapToDouble(JsonNode::doubleValue).sorted().toArray();
    double mean = 0;
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < sorted.length; i++) {
      double before = sorted[i] - mean;
      mean += before / (i + 1);
      squares += before * (sorted[i] - mean);
      sum += sorted[i];
    }
    put(statistics, "min", sorted[0]);
    put(statistics, "max", sorted[sorted.length - 1]);
    put(statistics, "sum", sum);
    put(statistics, "mean", mean);
    put(
        statistics,
        "standard_deviation",
        sorted.length < 2 ? Double.NaN : Math.sqrt(squares / (sorted.length - 1)));
    put(statistics, "p25", quantile(sorted, 0.25));
    put(statistics, "median", quantile(sorted, 0.5));
    put(statistics, "p75", quantile(sorted, 0.75));
  }

  /** What is no number, such as a sum beyond the range of a double, is null. */
  private static void put(ObjectNode statistics, String name, double value) {
    if (Double.isFinite(value)) {
      statistics.put(name, value);
    } else {
      statistics.putNull(name);
    }
  }

  static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = (int) Math.ceil(at);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  private void lengths(ObjectNode statistics) {
    var lengths =
        values.stream()
            .mapToInt(value -> value.asText().codePointCount(0, value.asText().length()))
            .summaryStatistics();
    statistics.put("shortest", lengths.getMin());
    statistics.put("longest", lengths.getMax());
  }

  private static void mostCommon(ObjectNode statistics, Map<JsonNode, Integer> counts) {
    var list = statistics.putArray("most_common");
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<JsonNode, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().toString()))
        .limit(MOST_COMMON)
        .forEach(
            entry -> {
              ObjectNode one = list.addObject();
              one.set("value", entry.getKey());
              one.put("count", entry.getValue());
            });
  }
}
