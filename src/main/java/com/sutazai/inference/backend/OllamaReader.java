package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Ollama's streams: one JSON object a line, the last one with {@code "done": true}. */
final class OllamaReader implements ChunkReader {

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    ObjectNode piece = Lines.sound(Lines.object(line, 0));
    return List.of(
        new Chunk(
            piece,
            content(piece),
            piece.path("done").asBoolean(false),
            usage(piece),
            Lines.written(line, 0, Lines.trimmed(line))));
  }

  private static boolean content(ObjectNode piece) {
    return says(piece) || (piece.get("message") instanceof ObjectNode message && says(message));
  }

  private static boolean says(ObjectNode part) {
    return Lines.isText(part.path("response"))
        || Lines.isText(part.path("content"))
        || Lines.isText(part.path("thinking"))
        || !part.path("tool_calls").isEmpty();
  }

  /** A prompt that the server had computed before is not counted again, and then not told. */
  static @Nullable Usage usage(ObjectNode piece) {
    JsonNode prompt = piece.path("prompt_eval_count");
    JsonNode answer = piece.path("eval_count");
    return prompt.isIntegralNumber() || answer.isIntegralNumber()
        ? Usage.of(prompt.asLong(0), answer.asLong(0))
        : null;
  }

  @Override
  public boolean mayEnd() {
    return false;
  }
}
