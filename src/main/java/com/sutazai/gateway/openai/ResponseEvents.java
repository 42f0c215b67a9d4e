package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.openai.ResponseItem.FunctionCall;
import com.sutazai.gateway.openai.ResponseItem.Part;
import com.sutazai.gateway.openai.ResponseItem.PartType;
import com.sutazai.gateway.openai.ResponseItem.Spoken;
import com.sutazai.inference.backend.Chunk;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of one response, out of the pieces of one chat completion. Each call gives the events
 * that are due, in order; the name of an event is its {@code type}. Callers that want no stream
 * take {@link #response} after {@link #end}.
 *
 * <p>An item ends when one of another kind begins. Function calls stay open until the end, because
 * servers may send them in turns.
 */
final class ResponseEvents {
  private final ResponseFrame frame;
  private final InstantSource clock;
  private final List<ResponseItem> items = new ArrayList<>();
  private final TreeMap<Integer, FunctionCall> calls = new TreeMap<>();
  private final ArrayNode output = JsonNodeFactory.instance.arrayNode();
  private final List<ObjectNode> due = new ArrayList<>();
  private @Nullable Spoken open;
  private JsonNode usage = MissingNode.getInstance();
  private String reason = "";
  private ObjectNode response;
  private long size;
  private int sequence;

  /**
   * Events of a response that has not begun.
   *
   * @param request the request, whose values the response repeats
   * @param id letters and digits that no other response has
   * @param model the model that answers
   */
  ResponseEvents(ObjectNode request, String id, String model, InstantSource clock) {
    this.clock = clock;
    frame = new ResponseFrame(id, model, clock.instant().getEpochSecond(), request);
    response = frame.around("in_progress", output);
  }

  List<ObjectNode> begin() {
    event("response.created").set("response", response.deepCopy());
    event("response.in_progress").set("response", response.deepCopy());
    return taken();
  }

  List<ObjectNode> take(Chunk chunk) {
    if (chunk.json().path("usage").isObject()) {
      usage = chunk.json().path("usage");
    }
    for (JsonNode choice : chunk.json().path("choices")) {
      if (choice.path("index").asInt(0) == 0) {
        hear(choice);
      }
    }
    return taken();
  }

  /** The events that close it, after the last piece. */
  List<ObjectNode> end() {
    String status = status();
    boolean whole = status.equals("completed");
    close(status);
    for (FunctionCall call : calls.values()) {
      boolean last = call.place() == items.size() - 1;
      about(call, "response.function_call_arguments.done")
          .put("name", call.name())
          .put("arguments", call.arguments().toString());
      done(call, whole || !last ? "completed" : status);
    }
    response = around(status);
    if (whole) {
      response.put("completed_at", clock.instant().getEpochSecond());
    } else {
      response
          .putObject("incomplete_details")
          .put("reason", reason.equals("length") ? "max_output_tokens" : reason);
    }
    event("response." + status).set("response", response.deepCopy());
    return taken();
  }

  /** The event that closes it instead, when the model could not go on. */
  List<ObjectNode> fail(String code, String message) {
    if (open != null) {
      output.set(open.place(), open.json("incomplete"));
    }
    calls.values().forEach(call -> output.set(call.place(), call.json("incomplete")));
    response = around("failed");
    response.putObject("error").put("code", code).put("message", message);
    event("response.failed").set("response", response.deepCopy());
    return taken();
  }

  /** The response as it is told last. */
  ObjectNode response() {
    return response;
  }

  /** Characters taken so far: what it keeps is bounded by its user. */
  long size() {
    return size;
  }

  private String status() {
    return switch (reason) {
      case "length", "content_filter" -> "incomplete";
      default -> "completed";
    };
  }

  private ObjectNode around(String status) {
    ObjectNode around = frame.around(status, output);
    ObjectNode counted = ResponseUsage.of(usage);
    if (counted != null) {
      around.set("usage", counted);
    }
    return around;
  }

  private void hear(JsonNode choice) {
    JsonNode news = choice.has("delta") ? choice.path("delta") : choice.path("message");
    String reasoning = news.path("reasoning_content").asText("");
    say(
        PartType.REASONING_TEXT,
        reasoning.isEmpty() ? news.path("reasoning").asText("") : reasoning,
        MissingNode.getInstance());
    say(
        PartType.OUTPUT_TEXT,
        news.path("content").asText(""),
        choice.path("logprobs").path("content"));
    say(PartType.REFUSAL, news.path("refusal").asText(""), MissingNode.getInstance());
    news.path("tool_calls").forEach(this::call);
    reason = choice.path("finish_reason").asText(reason);
  }

  private void say(PartType type, String text, JsonNode logprobs) {
    if (text.isEmpty()) {
      return;
    }
    Spoken item = spoken(type.isReasoning());
    Part part = part(item, type);
    part.text().append(text);
    size += text.length();
    ObjectNode delta =
        about(item, "response." + type.type() + ".delta")
            .put("content_index", item.parts().size() - 1)
            .put("delta", text);
    if (type == PartType.OUTPUT_TEXT) {
      logprobs.forEach(part.logprobs()::add);
      logprobs.forEach(delta.putArray("logprobs")::add);
    }
  }

  private Spoken spoken(boolean reasoning) {
    Spoken item = open;
    if (item != null && item.reasoning() == reasoning) {
      return item;
    }
    close("completed");
    item = Spoken.begin(id(reasoning ? "rs_" : "msg_"), items.size(), reasoning);
    open = item;
    added(item);
    return item;
  }

  private Part part(Spoken item, PartType type) {
    if (!item.parts().isEmpty()) {
      Part last = item.parts().getLast();
      if (last.type() == type) {
        return last;
      }
      close(item, last);
    }
    Part part = Part.empty(type);
    item.parts().add(part);
    about(item, "response.content_part.added")
        .put("content_index", item.parts().size() - 1)
        .set("part", part.json());
    return part;
  }

  private void call(JsonNode piece) {
    String callId = piece.path("id").asText("");
    int index = index(piece, callId);
    JsonNode function = piece.path("function");
    FunctionCall call = calls.get(index);
    if (call == null) {
      close("completed");
      String id = id("fc_");
      call =
          new FunctionCall(
              id,
              items.size(),
              callId.isEmpty() ? "call_" + id : callId,
              function.path("name").asText(""),
              new StringBuilder());
      calls.put(index, call);
      added(call);
    }
    String arguments = function.path("arguments").asText("");
    if (!arguments.isEmpty()) {
      call.arguments().append(arguments);
      size += arguments.length();
      about(call, "response.function_call_arguments.delta").put("delta", arguments);
    }
  }

  /** Where a server leaves the index out, an identifier that is new begins the next call. */
  private int index(JsonNode piece, String callId) {
    if (piece.path("index").isInt()) {
      return piece.path("index").intValue();
    }
    if (calls.isEmpty()) {
      return 0;
    }
    boolean begins = !callId.isEmpty() && !callId.equals(calls.lastEntry().getValue().callId());
    return begins ? calls.lastKey() + 1 : calls.lastKey();
  }

  private void close(String status) {
    Spoken item = open;
    open = null;
    if (item != null) {
      close(item, item.parts().getLast());
      done(item, status);
    }
  }

  private void close(Spoken item, Part part) {
    int index = item.parts().size() - 1;
    ObjectNode done =
        about(item, "response." + part.type().type() + ".done")
            .put("content_index", index)
            .put(part.type().field(), part.text().toString());
    if (part.type() == PartType.OUTPUT_TEXT) {
      done.putArray("logprobs").addAll(part.logprobs());
    }
    about(item, "response.content_part.done").put("content_index", index).set("part", part.json());
  }

  private void added(ResponseItem item) {
    items.add(item);
    output.add(item.json("in_progress"));
    event("response.output_item.added")
        .put("output_index", item.place())
        .set("item", item.json("in_progress"));
  }

  private void done(ResponseItem item, String status) {
    ObjectNode json = item.json(status);
    output.set(item.place(), json);
    event("response.output_item.done").put("output_index", item.place()).set("item", json);
  }

  private String id(String prefix) {
    return prefix + frame.id() + "_" + items.size();
  }

  private ObjectNode about(ResponseItem item, String type) {
    return event(type).put("item_id", item.id()).put("output_index", item.place());
  }

  private ObjectNode event(String type) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    due.add(event.put("type", type).put("sequence_number", sequence++));
    return event;
  }

  private List<ObjectNode> taken() {
    List<ObjectNode> events = List.copyOf(due);
    due.clear();
    return events;
  }
}
