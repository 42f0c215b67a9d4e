package com.sutazai.engine.grammar;

/** One character of a pattern: as it is, escaped, or one of a class. */
final class PatternCharacters {
  /** All that stands in JSON as it is. */
  private static final String ANY = "[^\"\\\\\\x7F\\x00-\\x1F]";

  private static final String DIGIT = "0-9";
  private static final String WORD = "a-zA-Z0-9_";

  private final PatternText text;

  PatternCharacters(PatternText text) {
    this.text = text;
  }

  /** What the grammar says for the next one, which is passed over. */
  String next() throws UnsupportedSchemaException {
    return switch (text.peek()) {
      case '[' -> characterClass();
      case '.' -> {
        text.skip(1);
        yield ANY;
      }
      case '\\' -> escaped();
      case '*', '+', '?', '{', '}', ']', '^', '$' -> throw text.refused();
      default -> Literals.literal(Character.toString(character(false)));
    };
  }

  private String escaped() throws UnsupportedSchemaException {
    text.skip(1);
    char which = text.has() ? text.peek() : ' ';
    String named = named(which);
    if (named.isEmpty() && (Character.isLetterOrDigit(which) || which == '\\' || which == '"')) {
      throw text.refused();
    }
    text.skip(1);
    return named.isEmpty() ? Literals.literal(String.valueOf(which)) : "[" + named + "]";
  }

  private static String named(char which) {
    return switch (which) {
      case 'd' -> DIGIT;
      case 'w' -> WORD;
      case 's' -> " ";
      default -> "";
    };
  }

  private String characterClass() throws UnsupportedSchemaException {
    text.skip(1);
    StringBuilder inside = new StringBuilder();
    if (text.hasNext('^')) {
      text.skip(1);
      inside.append("^\"\\\\\\x7F\\x00-\\x1F");
    }
    int before = inside.length();
    while (text.has() && text.peek() != ']') {
      inside.append(classPart());
    }
    if (!text.has() || inside.length() == before) {
      throw text.refused();
    }
    text.skip(1);
    return "[" + inside + "]";
  }

  private String classPart() throws UnsupportedSchemaException {
    if (text.peek() == '\\') {
      text.skip(1);
      String named = text.has() ? named(text.peek()) : "";
      if (!named.isEmpty()) {
        text.skip(1);
        return named;
      }
      return Literals.inBrackets(character(true));
    }
    int from = character(false);
    boolean range = text.has(2) && text.peek() == '-' && text.second() != ']';
    if (!range) {
      return Literals.inBrackets(from);
    }
    text.skip(1);
    int to = character(false);
    if (to < from || to == '\\' || from <= '"' && '"' <= to || from <= '\\' && '\\' <= to) {
      throw text.refused();
    }
    return Literals.inBrackets(from) + "-" + Literals.inBrackets(to);
  }

  private int character(boolean escaped) throws UnsupportedSchemaException {
    if (!text.has()) {
      throw text.refused();
    }
    int character = text.plain();
    if (escaped && Character.isLetterOrDigit(character)) {
      throw text.refused();
    }
    text.skip(Character.charCount(character));
    return character;
  }
}
