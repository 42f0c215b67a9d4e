package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** JSON in text blocks, and what servers send as lines. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object(String text) {
    try {
      return (ObjectNode) MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** All that the lines hold, and what is left at their end. */
  static List<Chunk> read(ChunkReader reader, String lines) throws ModelFailure {
    List<Chunk> chunks = new ArrayList<>();
    for (String line : lines.split("\n", -1)) {
      chunks.addAll(reader.read(line.getBytes(UTF_8)));
    }
    if (reader.mayEnd()) {
      chunks.addAll(reader.end());
    }
    return chunks;
  }

  static List<ObjectNode> objects(List<Chunk> chunks) {
    return chunks.stream().map(Chunk::json).toList();
  }

  static ObjectNode collected(Operation operation, List<Chunk> chunks) {
    Collector collector = operation.collector();
    chunks.forEach(collector::add);
    return collector.whole();
  }
}
