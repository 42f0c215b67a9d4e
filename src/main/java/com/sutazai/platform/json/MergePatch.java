package com.sutazai.platform.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON merge patches (RFC 7396). */
public final class MergePatch {
  private MergePatch() {}

  /** Section 2: null removes, objects merge, everything else replaces. */
  public static void apply(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode value = field.getValue();
      if (value.isNull()) {
        target.remove(field.getKey());
      } else if (value instanceof ObjectNode object) {
        ObjectNode inner =
            target.get(field.getKey()) instanceof ObjectNode present
                ? present
                : target.objectNode();
        apply(inner, object);
        target.set(field.getKey(), inner);
      } else {
        target.set(field.getKey(), value);
      }
    }
  }
}
