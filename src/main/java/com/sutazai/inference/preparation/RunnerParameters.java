package com.sutazai.inference.preparation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Options of a loaded model, by Ollama's names.
 *
 * @param values as text, numbers without exponent or trailing zeros
 */
record RunnerParameters(Map<String, String> values) {
  private static final String USE_MMAP = "use_mmap";
  private static final Set<String> NAMES =
      Set.of("num_ctx", "num_batch", "num_thread", "num_gpu", "main_gpu", USE_MMAP);

  /** Layers that the guide gives to a GPU: more than TinyLlama has. */
  private static final int GPU_LAYERS = 32;

  RunnerParameters {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /**
   * What is known of a server's hardware.
   *
   * @param cores empty when the server is on another machine
   */
  record Hardware(boolean gpu, OptionalInt cores) {}

  static RunnerParameters set(RunnerConfig config) {
    Map<String, String> values = new TreeMap<>();
    put(values, "num_ctx", config.numCtx());
    put(values, "num_batch", config.numBatch());
    put(values, "num_thread", config.numThread());
    put(values, "num_gpu", config.numGpu());
    put(values, "main_gpu", config.mainGpu());
    config.useMmap().ifPresent(use -> values.put(USE_MMAP, use.toString()));
    return new RunnerParameters(values);
  }

  private static void put(Map<String, String> values, String name, OptionalInt value) {
    value.ifPresent(number -> values.put(name, Integer.toString(number)));
  }

  /**
   * A GPU needs one thread beside it. Without one each core gets a thread, but one core of two is
   * left to the rest of the machine: threads that wait for a busy core hold all others up.
   */
  static RunnerParameters fitting(Hardware hardware) {
    Map<String, String> values = new TreeMap<>();
    if (hardware.gpu()) {
      values.putAll(
          Map.of(
              "num_gpu", Integer.toString(GPU_LAYERS),
              "main_gpu", "0",
              "num_thread", "1"));
    } else {
      values.put("num_gpu", "0");
      hardware
          .cores()
          .ifPresent(cores -> values.put("num_thread", Integer.toString(cores <= 2 ? 1 : cores)));
    }
    return new RunnerParameters(values);
  }

  /** Those that a model lists; {@code parameters} has a line for each, name and value. */
  static RunnerParameters shown(JsonNode description) {
    Map<String, String> values = new TreeMap<>();
    description
        .path("parameters")
        .asText("")
        .lines()
        .map(line -> line.strip().split("\\s+", 2))
        .filter(each -> each.length == 2 && NAMES.contains(each[0]))
        .forEach(each -> values.put(each[0], plain(each[1])));
    return new RunnerParameters(values);
  }

  private static String plain(String value) {
    try {
      return new BigDecimal(value).stripTrailingZeros().toPlainString();
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** These, and the others where these say nothing. */
  RunnerParameters over(RunnerParameters others) {
    Map<String, String> all = new TreeMap<>(others.values);
    all.putAll(values);
    return new RunnerParameters(all);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    values.forEach(
        (name, value) -> {
          if (name.equals(USE_MMAP)) {
            json.put(name, Boolean.parseBoolean(value));
          } else {
            json.put(name, Integer.parseInt(value));
          }
        });
    return json;
  }
}
