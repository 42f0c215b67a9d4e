package com.sutazai.tasks.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.tasks.SubmitTask;

/** Reads a task that an agent is asked to hand on, and says what is wrong with it by field. */
final class Asked {
  private Asked() {}

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
