package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads OpenAI's streams: server-sent events of one {@code data} line each, closed by {@code
 * [DONE]}. Some servers leave that out.
 */
final class OpenAiReader implements ChunkReader {
  private static final Set<String> SILENT_FIELDS = Set.of("event", "id", "retry");

  private final Set<Integer> open = new TreeSet<>();
  private boolean begun;

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    int length = Lines.trimmed(line);
    if (length == 0 || line[0] == ':') {
      return List.of();
    }
    if (line[0] == '{') {
      return List.of(piece(line, 0, length));
    }
    int colon = indexOf(line, ':');
    String field = new String(line, 0, Math.min(colon, 8), UTF_8);
    if (SILENT_FIELDS.contains(field)) {
      return List.of();
    }
    int from = colon + 1;
    while (from < length && line[from] == ' ') {
      from++;
    }
    return switch (field) {
      case "data" -> data(line, from, length);
      case "error" -> throw Lines.reported(errorText(Lines.object(line, from)));
      default -> throw Lines.garbled("a line that is no server-sent event");
    };
  }

  private List<Chunk> data(byte[] line, int from, int length) throws ModelFailure {
    if (from == length) {
      return List.of();
    }
    if (isDone(line, from, length)) {
      return List.of(new Chunk(JsonNodeFactory.instance.objectNode(), false, true, null));
    }
    return List.of(piece(line, from, length));
  }

  private Chunk piece(byte[] line, int from, int length) throws ModelFailure {
    ObjectNode piece = Lines.sound(Lines.object(line, from));
    boolean content = false;
    for (JsonNode choice : piece.path("choices")) {
      content |= says(choice);
      begun = true;
      Integer index = choice.path("index").asInt(0);
      if (Lines.isText(choice.path("finish_reason"))) {
        open.remove(index);
      } else {
        open.add(index);
      }
    }
    return new Chunk(piece, content, false, usage(piece), Lines.written(line, from, length));
  }

  private static boolean says(JsonNode choice) {
    if (Lines.isText(choice.path("text"))) {
      return true;
    }
    JsonNode news = choice.has("delta") ? choice.path("delta") : choice.path("message");
    for (Map.Entry<String, JsonNode> field : news.properties()) {
      JsonNode value = field.getValue();
      if (!field.getKey().equals("role")
          && (Lines.isText(value) || (value.isContainerNode() && !value.isEmpty()))) {
        return true;
      }
    }
    return false;
  }

  static @Nullable Usage usage(ObjectNode piece) {
    JsonNode usage = piece.path("usage");
    JsonNode prompt = usage.path("prompt_tokens");
    JsonNode answer = usage.path("completion_tokens");
    if (!prompt.isIntegralNumber() && !answer.isIntegralNumber()) {
      return null;
    }
    long sum = prompt.asLong(0) + answer.asLong(0);
    return new Usage(prompt.asLong(0), answer.asLong(0), usage.path("total_tokens").asLong(sum));
  }

  private static String errorText(ObjectNode error) {
    JsonNode message = error.path("message");
    return message.isTextual() ? message.textValue() : error.toString();
  }

  private static boolean isDone(byte[] line, int from, int length) {
    return length - from == 6
        && line[from] == '['
        && line[from + 1] == 'D'
        && line[from + 2] == 'O'
        && line[from + 3] == 'N'
        && line[from + 4] == 'E'
        && line[from + 5] == ']';
  }

  private static int indexOf(byte[] line, char wanted) {
    int at = 0;
    while (at < line.length && line[at] != wanted) {
      at++;
    }
    return at;
  }

  /** A choice is over when it has a reason for its end; what follows can only be the usage. */
  @Override
  public boolean mayEnd() {
    return begun && open.isEmpty();
  }
}
