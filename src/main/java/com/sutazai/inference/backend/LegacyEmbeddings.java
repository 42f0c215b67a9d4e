package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Ollama's older {@code /api/embeddings}, one prompt a call, served by {@code EMBED}. Its vectors
 * then have length one, which the older route did not promise; cosine similarity is the same.
 */
public final class LegacyEmbeddings {
  private LegacyEmbeddings() {}

  /** The body of {@code EMBED}: the prompt as input, the rest as it is. */
  public static ObjectNode request(ObjectNode legacy) {
    ObjectNode embed = JsonNodeFactory.instance.objectNode().setAll(legacy);
    embed.remove("prompt");
    embed.put("input", legacy.path("prompt").asText(""));
    return embed;
  }

  /** The answer of the older route: the one vector, empty for an empty prompt. */
  public static ObjectNode answer(JsonNode embed) {
    ObjectNode legacy = JsonNodeFactory.instance.objectNode();
    JsonNode vector = embed.path("embeddings").path(0);
    vector.forEach(legacy.putArray("embedding")::add);
    return legacy;
  }
}
