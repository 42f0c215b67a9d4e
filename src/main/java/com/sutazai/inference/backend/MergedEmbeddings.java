package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests for embeddings that differ in their texts only, as one request, and its answer as the
 * answers to each, in either dialect. Servers count the tokens of all texts together, and nobody
 * can say what each one's were: the answers to each say nothing of them.
 */
public final class MergedEmbeddings {
  private static final String INPUT = "input";
  private static final Set<String> COUNTS = Set.of("usage", "prompt_eval_count");

  private MergedEmbeddings() {}

  /**
   * The texts of a request; none when it cannot be merged: what is given as tokens could be one
   * text or several, and Ollama answers an empty text alone in another way than among others.
   */
  public static List<JsonNode> texts(ObjectNode body) {
    JsonNode input = body.path(INPUT);
    List<JsonNode> texts = new ArrayList<>();
    if (input.isTextual()) {
      texts.add(input);
    } else if (input.isArray()) {
      input.forEach(texts::add);
    }
    return texts.stream().allMatch(Lines::isText) ? texts : List.of();
  }

  /** All that must be equal in requests that are merged. */
  public static ObjectNode options(ObjectNode body) {
    return JsonNodeFactory.instance.objectNode().<ObjectNode>setAll(body).without(List.of(INPUT));
  }

  /** The request for all these texts, with the options of that body. */
  public static ObjectNode body(ObjectNode options, List<JsonNode> texts) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().setAll(options);
    body.putArray(INPUT).addAll(texts);
    return body;
  }

  /**
   * The answers to requests of so many texts each, in their order; none when the answer has not as
   * many embeddings.
   */
  public static List<ObjectNode> split(JsonNode answer, List<Integer> texts) {
    List<JsonNode> vectors = vectors(answer);
    if (vectors == null || vectors.size() != texts.stream().mapToInt(each -> each).sum()) {
      return List.of();
    }
    List<ObjectNode> parts = new ArrayList<>();
    int from = 0;
    for (int count : texts) {
      parts.add(part(answer, vectors.subList(from, from + count)));
      from += count;
    }
    return parts;
  }

  /** In the order of the texts; null when that is not to be told. */
  private static @Nullable List<JsonNode> vectors(JsonNode answer) {
    if (answer.path("embeddings").isArray()) {
      return elements(answer.path("embeddings"));
    }
    List<JsonNode> data = elements(answer.path("data"));
    TreeMap<Integer, JsonNode> byIndex = new TreeMap<>();
    data.forEach(each -> byIndex.put(each.path("index").asInt(-1), each));
    boolean complete =
        byIndex.size() == data.size()
            && !byIndex.isEmpty()
            && byIndex.firstKey() == 0
            && byIndex.lastKey() == data.size() - 1;
    return complete ? List.copyOf(byIndex.values()) : null;
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  private static ObjectNode part(JsonNode answer, List<JsonNode> vectors) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    answer
        .properties()
        .forEach(
            field -> {
              switch (field.getKey()) {
                case "embeddings" -> part.putArray("embeddings").addAll(vectors);
                case "data" -> numbered(part.putArray("data"), vectors);
                default -> {
                  if (!COUNTS.contains(field.getKey())) {
                    part.set(field.getKey(), field.getValue());
                  }
                }
              }
            });
    return part;
  }

  private static void numbered(ArrayNode data, List<JsonNode> vectors) {
    for (JsonNode vector : vectors) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode().setAll((ObjectNode) vector);
      data.add(copy.put("index", data.size()));
    }
  }
}
