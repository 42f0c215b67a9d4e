package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON that a request brought; what is there in another form than it should be is refused. */
record RequestBody(ObjectNode json) {
  static EngineException refused(String message) {
    return new EngineException(Kind.REFUSED, message);
  }

  String model() {
    return text("model")
        .filter(name -> !name.isBlank())
        .orElseThrow(() -> refused("model is required"));
  }

  /** A text; empty if it is not there, or null. */
  Optional<String> text(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw refused(name + " must be a text");
    }
    return Optional.of(value.textValue());
  }

  boolean flag(String name, boolean otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw refused(name + " must be true or false");
    }
    return value.booleanValue();
  }

  /** The texts of a text or of a list of texts; empty if it is not there. */
  List<String> texts(String name) {
    JsonNode value = json.path(name);
    if (!value.isArray()) {
      return text(name).map(List::of).orElse(List.of());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : value) {
      if (!each.isTextual()) {
        throw refused(name + " must be a text or a list of texts");
      }
      texts.add(each.textValue());
    }
    return texts;
  }

  /** The fields of an object; none if it is not there. */
  RequestBody object(String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return new RequestBody(json.objectNode());
    }
    if (value instanceof ObjectNode object) {
      return new RequestBody(object);
    }
    throw refused(name + " must be an object");
  }

  double number(String name, double otherwise, double least, double most) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    double number = value.doubleValue();
    if (!value.isNumber() || !(number >= least && number <= most)) {
      throw refused(name + " must be a number from " + plain(least) + " to " + plain(most));
    }
    return number;
  }

  int integer(String name, int otherwise, int least, int most) {
    double number = number(name, otherwise, least, most);
    if (number != Math.rint(number)) {
      throw refused(name + " must be a whole number");
    }
    return (int) number;
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }
}
