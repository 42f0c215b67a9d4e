package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.tasks.SubmitTask;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what an agent is asked to hand on, and says what is wrong with it by field. */
final class Asked {
  private Asked() {}

  /** Refuses fields that mean nothing. */
  static void onlyFields(JsonNode payload, Set<String> known) {
    for (Iterator<String> names = payload.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw ProblemException.invalid(
            "payload." + name,
            "is not a known field; known are " + known.stream().sorted().toList());
      }
    }
  }

  /** A text; null where it may be left out and is. */
  static @Nullable String text(JsonNode payload, String field) {
    JsonNode value = payload.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw ProblemException.invalid("payload." + field, "must be a text that is not blank");
    }
    return value.textValue();
  }

  static String required(JsonNode payload, String field) {
    String text = text(payload, field);
    if (text == null) {
      throw ProblemException.invalid("payload." + field, "is required");
    }
    return text;
  }

  /** The fields of a task as for {@code POST /api/tasks}. */
  static SubmitTask task(ObjectMapper json, ObjectNode fields) {
    try {
      return json.treeToValue(fields, SubmitTask.class);
    } catch (MismatchedInputException e) {
      String path =
          e.getPath().isEmpty() ? "payload" : "payload." + e.getPath().getFirst().getFieldName();
      throw ProblemException.invalid(path, "has a value of the wrong kind");
    } catch (JsonProcessingException e) {
      throw ProblemException.invalid("payload", "cannot be read as a task");
    }
  }
}
