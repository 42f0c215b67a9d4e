package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** Reads embeddings of the engine inside as OpenAI's, as numbers or, if asked for, in base64. */
final class EngineEmbeddings implements ChunkReader {
  private final AnswerReader answer = new AnswerReader();
  private final String model;
  private final boolean packed;

  EngineEmbeddings(String model, String encoding) {
    this.model = model;
    packed = encoding.equals("base64");
  }

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    List<Chunk> whole = answer.read(line);
    return whole.isEmpty() ? whole : List.of(translated(whole.getFirst()));
  }

  private Chunk translated(Chunk chunk) throws ModelFailure {
    JsonNode vectors = chunk.json().path("embeddings");
    if (!vectors.isArray()) {
      throw Lines.garbled("an answer without embeddings");
    }
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (JsonNode vector : vectors) {
      ObjectNode entry = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      if (packed) {
        entry.put("embedding", packed(vector));
      } else {
        entry.set("embedding", vector);
      }
    }
    list.put("model", model);
    Usage usage = chunk.usage();
    long tokens = usage == null ? 0 : usage.promptTokens();
    list.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return new Chunk(list, true, true, usage);
  }

  private static String packed(JsonNode vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.size()).order(ByteOrder.LITTLE_ENDIAN);
    vector.forEach(number -> bytes.putFloat(number.floatValue()));
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  @Override
  public boolean mayEnd() {
    return answer.mayEnd();
  }
}
