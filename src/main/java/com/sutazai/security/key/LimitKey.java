package com.sutazai.security.key;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.MergePatch;
import com.sutazai.security.quota.Limits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A merge patch of a key's limits. */
final class LimitKey {
  private static final String LIMITS = "limits";
  private static final List<String> KNOWN =
      List.of(
          "requests_per_minute",
          "tokens_per_minute",
          "tokens_per_day",
          "concurrent_generations",
          "waiting_tasks",
          "weight");

  private final JsonNode patch;
  private final ObjectMapper json;

  private LimitKey(JsonNode patch, ObjectMapper json) {
    this.patch = patch;
    this.json = json;
  }

  static LimitKey of(@Nullable JsonNode body, ObjectMapper json) {
    if (!(body instanceof ObjectNode object) || !object.has(LIMITS)) {
      throw ProblemException.invalid(LIMITS, "is required: all else of a key stays as it is");
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (!field.getKey().equals(LIMITS)) {
        throw ProblemException.invalid(
            field.getKey(), "cannot be changed; make another key, or rotate or revoke this one");
      }
    }
    return ofLimits(object.get(LIMITS), json);
  }

  /** The limits that a new key begins with; none of its own when left out. */
  static Limits first(@Nullable JsonNode limits, ObjectMapper json) {
    return limits == null ? Limits.NONE : ofLimits(limits, json).applied(Limits.NONE);
  }

  private static LimitKey ofLimits(JsonNode limits, ObjectMapper json) {
    if (!limits.isNull() && !limits.isObject()) {
      throw ProblemException.invalid(LIMITS, "must be an object, or null for no limits of its own");
    }
    for (Map.Entry<String, JsonNode> limit : limits.properties()) {
      String field = LIMITS + "." + limit.getKey();
      if (!KNOWN.contains(limit.getKey())) {
        throw ProblemException.invalid(field, "is not a known field; known are " + KNOWN);
      }
      if (!limit.getValue().isNull() && !limit.getValue().isIntegralNumber()) {
        throw ProblemException.invalid(field, "must be a whole number, or null");
      }
    }
    return new LimitKey(limits, json);
  }

  /** The limits with the change. */
  Limits applied(Limits before) {
    if (!(patch instanceof ObjectNode changes)) {
      return Limits.NONE;
    }
    ObjectNode limits = json.valueToTree(before);
    MergePatch.apply(limits, changes);
    try {
      return json.treeToValue(limits, Limits.class).checked();
    } catch (JsonProcessingException e) {
      throw ProblemException.invalid(LIMITS, "has a number that is too large");
    }
  }
}
