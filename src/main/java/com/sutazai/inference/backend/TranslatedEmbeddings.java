package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeMap;

/** Reads embeddings of OpenAI's dialect as Ollama's. */
final class TranslatedEmbeddings implements ChunkReader {
  private final AnswerReader answer = new AnswerReader();
  private final OllamaFrame frame;

  TranslatedEmbeddings(OllamaFrame frame) {
    this.frame = frame;
  }

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    List<Chunk> whole = answer.read(line);
    return whole.isEmpty() ? whole : List.of(translated(whole.getFirst()));
  }

  @Override
  public boolean mayEnd() {
    return answer.mayEnd();
  }

  private Chunk translated(Chunk chunk) throws ModelFailure {
    ObjectNode embed = frame.named();
    embed.set("embeddings", vectors(chunk.json().path("data")));
    embed.put("total_duration", frame.sinceAsked());
    Usage usage = chunk.usage();
    if (usage != null) {
      embed.put("prompt_eval_count", usage.promptTokens());
    }
    return new Chunk(embed, true, true, usage);
  }

  private static ArrayNode vectors(JsonNode data) throws ModelFailure {
    if (!data.isArray()) {
      throw Lines.garbled("an answer without embeddings");
    }
    TreeMap<Integer, JsonNode> byIndex = new TreeMap<>();
    for (JsonNode each : data) {
      if (!each.path("embedding").isArray()) {
        throw Lines.garbled("an embedding that is no list of numbers");
      }
      byIndex.put(each.path("index").asInt(byIndex.size()), each.path("embedding"));
    }
    return JsonNodeFactory.instance.arrayNode().addAll(byIndex.values());
  }
}
