package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads an answer of the engine inside, which is in Ollama's words, as a stream of OpenAI's. */
final class EngineCompletion implements ChunkReader {
  private final OllamaReader reader = new OllamaReader();
  private final boolean chat;
  private final String model;
  private final String id;
  private final long created;
  private boolean begun;

  EngineCompletion(boolean chat, String model, InstantSource clock) {
    this.chat = chat;
    this.model = model;
    id = (chat ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
    created = clock.instant().getEpochSecond();
  }

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    List<Chunk> pieces = new ArrayList<>();
    for (Chunk chunk : reader.read(line)) {
      ObjectNode said = chunk.json();
      String text =
          chat ? said.at("/message/content").asText("") : said.path("response").asText("");
      if (!text.isEmpty()) {
        pieces.add(new Chunk(piece(text, null), true, false, null));
      }
      if (chunk.last()) {
        String reason = said.path("done_reason").asText().equals("length") ? "length" : "stop";
        pieces.add(new Chunk(piece("", reason), false, false, null));
        Usage usage = chunk.usage();
        if (usage != null) {
          pieces.add(new Chunk(counted(usage), false, false, usage));
        }
        pieces.add(new Chunk(JsonNodeFactory.instance.objectNode(), false, true, null));
      }
    }
    return pieces;
  }

  private ObjectNode piece(String text, @Nullable String reason) {
    ObjectNode piece = frame();
    ObjectNode choice = piece.putArray("choices").addObject().put("index", 0);
    if (chat) {
      ObjectNode delta = choice.putObject("delta");
      if (!begun) {
        delta.put("role", "assistant");
      }
      if (!begun || reason == null) {
        delta.put("content", text);
      }
    } else {
      choice.put("text", text);
    }
    begun = true;
    choice.put("finish_reason", reason);
    return piece;
  }

  private ObjectNode counted(Usage usage) {
    ObjectNode piece = frame();
    piece.putArray("choices");
    piece
        .putObject("usage")
        .put("prompt_tokens", usage.promptTokens())
        .put("completion_tokens", usage.completionTokens())
        .put("total_tokens", usage.totalTokens());
    return piece;
  }

  private ObjectNode frame() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", chat ? "chat.completion.chunk" : "text_completion")
        .put("created", created)
        .put("model", model);
  }

  @Override
  public boolean mayEnd() {
    return false;
  }
}
