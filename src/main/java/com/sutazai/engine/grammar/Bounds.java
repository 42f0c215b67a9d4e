package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How often something comes. */
final class Bounds {
  private Bounds() {}

  /** A keyword's number, at most {@code longest}; another one when it is not there. */
  static int length(ObjectNode schema, String keyword, int otherwise, int longest, String path)
      throws UnsupportedSchemaException {
    JsonNode value = schema.path(keyword);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || value.longValue() < 0 || value.longValue() > longest) {
      throw new UnsupportedSchemaException(
          path + "." + keyword, "must be a whole number from 0 to " + longest);
    }
    return value.intValue();
  }

  static void requireOrder(int least, int most, String path) throws UnsupportedSchemaException {
    if (most >= 0 && least > most) {
      throw new UnsupportedSchemaException(path, "has a minimum above its maximum");
    }
  }

  /** The sign of repetition behind what comes so often; -1 for any number of times. */
  static String times(int least, int most) {
    if (most < 0) {
      return least == 0 ? "*" : least == 1 ? "+" : "{" + least + ",}";
    }
    return "{" + least + "," + most + "}";
  }
}
