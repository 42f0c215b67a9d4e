package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;

/** Texts as a grammar writes them. */
final class Literals {
  private Literals() {}

  /** What matches this very text. */
  static String literal(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            each -> {
              switch (each) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                  if (each < ' ' || each == 0x7f) {
                    quoted.append(String.format("\\x%02X", each));
                  } else {
                    quoted.appendCodePoint(each);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }

  /** What matches this very value as JSON without blanks. */
  static String json(JsonNode value) {
    return literal(value.toString());
  }

  /** A character as it stands in brackets. */
  static String inBrackets(int character) {
    return switch (character) {
      case '\\', ']', '[' -> "\\" + (char) character;
      case '^' -> "\\x5E";
      case '-' -> "\\x2D";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default ->
          character < ' ' || character == 0x7f
              ? String.format("\\x%02X", character)
              : Character.toString(character);
    };
  }
}
