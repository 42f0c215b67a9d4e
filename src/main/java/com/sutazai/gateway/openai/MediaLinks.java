package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds where a request names images, sounds, films and files by their address instead of sending
 * them. Model servers fetch such addresses from where they stand, which is nearer to other servers
 * than the caller is.
 */
final class MediaLinks {
  private static final Set<String> MEDIA = Set.of("image", "audio", "video", "file");

  private final List<Refusal> found = new ArrayList<>();

  private MediaLinks() {}

  /** The addresses in the messages and the input of a request, each with what to do instead. */
  static List<Refusal> in(ObjectNode body) {
    MediaLinks links = new MediaLinks();
    JsonNode messages = body.path("messages");
    for (int i = 0; i < messages.size(); i++) {
      links.walk(messages.path(i).path("content"), "messages[" + i + "].content");
    }
    links.walk(body.path("input"), "input");
    return links.found;
  }

  private void walk(JsonNode node, String place) {
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      walk(node.get(i), place + "[" + i + "]");
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String there = place + "." + field.getKey();
      if (field.getValue().isTextual()) {
        judge(field.getKey().toLowerCase(Locale.ROOT), field.getValue().textValue(), there);
      } else {
        walk(field.getValue(), there);
      }
    }
  }

  private void judge(String name, String value, String place) {
    boolean link =
        name.endsWith("url")
            ? !value.regionMatches(true, 0, "data:", 0, "data:".length())
            : MEDIA.contains(name) && value.contains("://");
    if (link) {
      found.add(
          new Refusal(
              place,
              "must be a data: URL that holds the content, such as data:image/png;base64,…; to"
                  + " have model servers fetch addresses set sutazai.inference.allow-image-urls=true"));
    }
  }
}
