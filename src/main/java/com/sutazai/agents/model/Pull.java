package com.sutazai.agents.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the pull of a model is on one of several servers, by what the server says. A model has
 * parts, and a server names them one after the other: the fraction is that of the parts named so
 * far, and may fall when another one is named.
 */
final class Pull {
  private static final long MEGABYTE = 1_000_000;

  private final String server;
  private final int before;
  private final int servers;
  private final Map<String, Part> parts = new HashMap<>();
  private String status = "";

  private record Part(long completed, long total) {}

  /**
   * @param before servers that are done
   * @param servers all of them
   */
  Pull(String server, int before, int servers) {
    this.server = server;
    this.before = before;
    this.servers = servers;
  }

  /** Takes a line; fails when it says that the server failed. */
  void take(JsonNode line) {
    JsonNode error = line.path("error");
    if (!error.isMissingNode()) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED, server + " could not pull the model: " + error.asText());
    }
    status = line.path("status").asText("");
    if (line.path("digest").isTextual()) {
      parts.put(
          line.path("digest").textValue(),
          new Part(line.path("completed").asLong(), line.path("total").asLong()));
    }
  }

  /** Of all servers; null before the first part is named. */
  @Nullable Double fraction() {
    long total = total();
    return total == 0
        ? null
        : (Double) Math.min(1, (before + (double) completed() / total) / servers);
  }

  String message() {
    long total = total();
    String share =
        total == 0 ? "" : ", " + completed() / MEGABYTE + " of " + total / MEGABYTE + " MB";
    return server + ": " + status + share;
  }

  /** Fails when the server stopped before it said that it succeeded. */
  void requireDone() {
    if (!status.equals("success")) {
      throw new ProblemException(
          ErrorCode.MODEL_FAILED, server + " stopped before it had the model.");
    }
  }

  /** Of all parts, as the server says. */
  long bytes() {
    return total();
  }

  private long completed() {
    return parts.values().stream().mapToLong(Part::completed).sum();
  }

  private long total() {
    return parts.values().stream().mapToLong(Part::total).sum();
  }
}
