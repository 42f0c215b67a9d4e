package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of OpenAI's dialect as Ollama's. Text and thinking go on at once; tool calls wait
 * until they are complete, because Ollama sends their arguments as objects. The last object waits
 * for the usage, which comes after the answer.
 */
final class TranslatedAnswer implements ChunkReader {
  private final OpenAiReader answer = new OpenAiReader();
  private final boolean chat;
  private final OllamaFrame frame;
  private Grown.Members calls = new Grown.Members(Shape.TOOL_CALL);
  private @Nullable String reason;
  private @Nullable Usage usage;
  private JsonNode timings = MissingNode.getInstance();
  private boolean done;

  TranslatedAnswer(Operation operation, OllamaFrame frame) {
    chat = operation == Operation.CHAT;
    this.frame = frame;
  }

  @Override
  public List<Chunk> read(byte[] line) throws ModelFailure {
    List<Chunk> pieces = new ArrayList<>(1);
    for (Chunk chunk : answer.read(line)) {
      take(chunk, pieces);
    }
    return pieces;
  }

  @Override
  public boolean mayEnd() {
    return answer.mayEnd();
  }

  @Override
  public List<Chunk> end() throws ModelFailure {
    List<Chunk> pieces = new ArrayList<>(2);
    close(pieces);
    return pieces;
  }

  private void take(Chunk chunk, List<Chunk> pieces) throws ModelFailure {
    usage = chunk.usage() == null ? usage : chunk.usage();
    timings = chunk.json().has("timings") ? chunk.json().path("timings") : timings;
    for (JsonNode choice : chunk.json().path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        say(choice, pieces);
      }
    }
    if (chunk.last()) {
      close(pieces);
    }
  }

  private void say(JsonNode choice, List<Chunk> pieces) throws ModelFailure {
    JsonNode news = choice.has("delta") ? choice.path("delta") : choice.path("message");
    String text = first(choice.path("text"), news.path("content"), news.path("refusal"));
    String thinking = first(news.path("reasoning_content"), news.path("reasoning"));
    ArrayNode logprobs = OllamaLogprobs.of(choice.path("logprobs"));
    if (!text.isEmpty() || !thinking.isEmpty() || !logprobs.isEmpty()) {
      ObjectNode piece = piece(text, thinking, null);
      piece.put("done", false);
      if (!logprobs.isEmpty()) {
        piece.set("logprobs", logprobs);
      }
      boolean content = !text.isEmpty() || !thinking.isEmpty();
      pieces.add(new Chunk(piece, content, false, null));
    }
    calls.add(news.path("tool_calls"));
    if (Lines.isText(choice.path("finish_reason"))) {
      reason = choice.path("finish_reason").textValue();
      call(pieces);
    }
  }

  private static String first(JsonNode... values) {
    for (JsonNode value : values) {
      if (Lines.isText(value)) {
        return value.textValue();
      }
    }
    return "";
  }

  private ObjectNode piece(String text, String thinking, @Nullable ArrayNode toolCalls) {
    ObjectNode piece = frame.dated();
    ObjectNode said = chat ? piece.putObject("message").put("role", "assistant") : piece;
    said.put(chat ? "content" : "response", text);
    if (!thinking.isEmpty()) {
      said.put("thinking", thinking);
    }
    if (toolCalls != null) {
      said.set("tool_calls", toolCalls);
    }
    return piece;
  }

  private void call(List<Chunk> pieces) throws ModelFailure {
    ArrayNode complete = calls.whole();
    if (complete.isEmpty()) {
      return;
    }
    calls = new Grown.Members(Shape.TOOL_CALL);
    ArrayNode toolCalls = JsonNodeFactory.instance.arrayNode();
    for (JsonNode call : complete) {
      ObjectNode toolCall = toolCalls.addObject();
      if (Lines.isText(call.path("id"))) {
        toolCall.set("id", call.get("id"));
      }
      JsonNode function = call.path("function");
      toolCall
          .putObject("function")
          .put("index", toolCalls.size() - 1)
          .put("name", function.path("name").asText(""))
          .set("arguments", arguments(function.path("arguments")));
    }
    ObjectNode piece = piece("", "", toolCalls);
    piece.put("done", false);
    pieces.add(new Chunk(piece, true, false, null));
  }

  private static ObjectNode arguments(JsonNode given) throws ModelFailure {
    String text = given.asText("");
    ObjectNode arguments =
        text.isBlank() ? JsonNodeFactory.instance.objectNode() : Lines.objectIn(text);
    if (arguments == null) {
      throw Lines.garbled("arguments of a tool call that are no JSON object");
    }
    return arguments;
  }

  private void close(List<Chunk> pieces) throws ModelFailure {
    if (done) {
      return;
    }
    done = true;
    call(pieces);
    ObjectNode last = piece("", "", null);
    last.put("done", true);
    if (reason != null) {
      last.put("done_reason", reason.equals("length") ? "length" : "stop");
    }
    frame.figures(last, usage, timings);
    pieces.add(new Chunk(last, false, true, usage));
  }
}
