package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;

/** Parts that several results have. */
final class Reports {
  private Reports() {}

  static void seen(ObjectNode result, FileWalk.Seen seen) {
    result.put("files", seen.files());
    result.put("folders", seen.folders());
    result.put("bytes", seen.bytes());
    result.put("complete", seen.stoppedBy() == null);
    result.put("stopped_by", seen.stoppedBy());
    ObjectNode skipped = result.putObject("skipped");
    skipped.put("symbolic_links", seen.links());
    skipped.put("unreadable", seen.unreadable());
    skipped.put("left_alone", seen.leftAlone());
  }

  static ObjectNode file(Path root, FoundFile file) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("path", root.resolve(file.path()).toString());
    node.put("bytes", file.bytes());
    node.put("modified_at", file.modified().toString());
    return node;
  }

  static void sum(ObjectNode result, String name, long files, long bytes) {
    ObjectNode node = result.putObject(name);
    node.put("files", files);
    node.put("bytes", bytes);
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
