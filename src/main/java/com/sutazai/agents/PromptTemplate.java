package com.sutazai.agents;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.json.Placeholders;
import com.sutazai.platform.json.Placeholders.Part;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A text with places for values: {@code {{path.to.value}}}, and nothing else; there are no
 * expressions. A path is names of fields and numbers of elements, joined by dots ({@code
 * lines.0.text}); around it there may be blanks. Values are put in as they are: what looks like a
 * place in one of them stays text; {@code \{{} stands for {@code {{}. A string is put in as it is, an object or array as compact JSON,
 * and null counts as missing.
 */
final class PromptTemplate {
  /** Characters that the values put in have at most together. */
  private static final int LONGEST = 4 << 20;

  private static final Pattern PATH =
      Pattern.compile("[^\\s.{}]{1,200}+(?:\\.[^\\s.{}]{1,200}+){0,49}+");

  private final List<Part> parts;

  private PromptTemplate(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /** A template's braces do not fit, or a place names no path; the message says where. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Malformed(String rule) {
      super(rule, null, false, false);
    }
  }

  /** A place cannot be filled: there is no value, or the text would grow beyond its bound. */
  static final class Unfilled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;

    private Unfilled(String path, String rule) {
      super(rule, null, false, false);
      this.path = path;
    }

    /** Where the value was looked for, as the template has it. */
    String path() {
      return path;
    }
  }

  /**
   * Reads a template.
   *
   * @throws Malformed when braces do not fit
   */
  static PromptTemplate parse(String text) {
    List<Part> parts;
    try {
      parts = Placeholders.parse(text);
    } catch (Placeholders.Malformed e) {
      throw new Malformed(e.rule());
    }
    parts.forEach(PromptTemplate::requirePath);
    requireNoStrayEnd(text);
    return new PromptTemplate(parts);
  }

  private static void requirePath(Part part) {
    if (part instanceof Part.Place place && !PATH.matcher(place.path()).matches()) {
      throw new Malformed(
          "has no path between {{ and }} at character "
              + place.at()
              + ": names and numbers joined by dots, such as {{order.lines.0}}");
    }
  }

  /** JSON in a text may end with }}, but only where as many were opened before. */
  private static void requireNoStrayEnd(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        boolean pair = i + 1 < text.length() && text.charAt(i + 1) == '}';
        if (pair && depth < 2) {
          throw new Malformed("has }} without {{ at character " + (i + 1));
        }
        depth = Math.max(0, depth - 1);
      }
    }
  }

  /**
   * The filled template.
   *
   * @throws Unfilled when a value is missing
   */
  String text(JsonNode values) {
    var room = new Room();
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Text(String words) -> text.append(words);
        case Part.Place(String path, int at) -> {
          JsonNode value = find(path, values);
          if (value.isNull()) {
            throw missing(path);
          }
          String shown = value.isTextual() ? value.textValue() : value.toString();
          room.take(path, shown.length());
          text.append(shown);
        }
      }
    }
    return text.toString();
  }

  private static JsonNode find(String path, JsonNode values) {
    JsonNode at = values;
    for (String name : path.split("\\.", -1)) {
      at = at.isArray() ? at.path(index(name)) : at.path(name);
    }
    if (at.isMissingNode()) {
      throw missing(path);
    }
    return at;
  }

  /** No element has the number -1. */
  private static int index(String name) {
    return name.length() <= 9 && name.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(name)
        : -1;
  }

  private static Unfilled missing(String path) {
    return new Unfilled(path, "there is no value at " + path);
  }

  /** What may still be put in: a few places can repeat a large value many times. */
  private static final class Room {
    private int left = LONGEST;

    void take(String path, int length) {
      if (length > left) {
        throw new Unfilled(
            path, "the text grows beyond " + LONGEST + " characters with the value at " + path);
      }
      left -= length;
    }
  }
}
