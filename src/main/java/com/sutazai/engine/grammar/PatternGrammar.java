package com.sutazai.engine.grammar;

/**
 * Patterns that a grammar can say as they are: characters, classes, groups, alternatives and
 * repetitions between {@code ^} and {@code $}. What matches is JSON text, so a pattern of quotes,
 * backslashes or control characters is refused.
 */
final class PatternGrammar {
  private static final int LONGEST = 1_000;
  private static final int MOST_TIMES = 2_000;
  private static final int DEEPEST = 32;
  private static final String DIGIT = "0-9";
  private static final String WORD = "a-zA-Z0-9_";

  private final String pattern;
  private final String path;
  private int at;
  private int depth;

  PatternGrammar(String pattern, String path) {
    this.pattern = pattern;
    this.path = path;
  }

  String body() throws UnsupportedSchemaException {
    if (pattern.length() > LONGEST || !pattern.startsWith("^") || !pattern.endsWith("$")) {
      throw new UnsupportedSchemaException(
          path, "must begin with ^ and end with $, and have at most " + LONGEST + " characters");
    }
    at = 1;
    String body = alternatives();
    if (at != pattern.length() - 1) {
      throw refused();
    }
    return "(" + body + ")";
  }

  private UnsupportedSchemaException refused() {
    return new UnsupportedSchemaException(
        path,
        "cannot be held to from character "
            + (at + 1)
            + " on; it may have characters, classes, groups, | and repetitions");
  }

  private boolean has() {
    return at < pattern.length() - 1;
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private String alternatives() throws UnsupportedSchemaException {
    if (depth++ > DEEPEST) {
      throw refused();
    }
    StringBuilder all = new StringBuilder(sequence());
    while (has() && peek() == '|') {
      at++;
      all.append(" | ").append(sequence());
    }
    depth--;
    return all.toString();
  }

  private String sequence() throws UnsupportedSchemaException {
    StringBuilder sequence = new StringBuilder();
    while (has() && peek() != '|' && peek() != ')') {
      sequence.append(sequence.isEmpty() ? "" : " ").append(atom()).append(times());
    }
    return sequence.isEmpty() ? "\"\"" : sequence.toString();
  }

  private String atom() throws UnsupportedSchemaException {
    char first = peek();
    switch (first) {
      case '(' -> {
        at++;
        if (pattern.startsWith("?:", at)) {
          at += 2;
        } else if (has() && peek() == '?') {
          throw refused();
        }
        String inside = alternatives();
        if (!has() || peek() != ')') {
          throw refused();
        }
        at++;
        return "(" + inside + ")";
      }
      case '[' -> {
        return characterClass();
      }
      case '.' -> {
        at++;
        return "[^\"\\\\\\x7F\\x00-\\x1F]";
      }
      case '\\' -> {
        at++;
        return escaped();
      }
      case '*', '+', '?', '{', '}', ']', '^', '$' -> throw refused();
      default -> {
        int character = pattern.codePointAt(at);
        requirePlain(character);
        at += Character.charCount(character);
        return Literals.literal(Character.toString(character));
      }
    }
  }

  private void requirePlain(int character) throws UnsupportedSchemaException {
    if (character == '"' || character == '\\' || character < ' ' || character == 0x7f) {
      throw refused();
    }
  }

  private String escaped() throws UnsupportedSchemaException {
    char which = has() ? pattern.charAt(at) : ' ';
    String named = named(which);
    if (named.isEmpty() && (Character.isLetterOrDigit(which) || which == '\\' || which == '"')) {
      throw refused();
    }
    at++;
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
    at++;
    StringBuilder inside = new StringBuilder();
    boolean negated = has() && peek() == '^';
    if (negated) {
      at++;
      inside.append("^\"\\\\\\x7F\\x00-\\x1F");
    }
    int before = inside.length();
    while (has() && peek() != ']') {
      inside.append(classPart());
    }
    if (!has() || inside.length() == before) {
      throw refused();
    }
    at++;
    return "[" + inside + "]";
  }

  private String classPart() throws UnsupportedSchemaException {
    if (peek() == '\\') {
      at++;
      String named = has() ? named(peek()) : "";
      if (!named.isEmpty()) {
        at++;
        return named;
      }
      return Literals.inBrackets(classCharacter(true));
    }
    int from = classCharacter(false);
    boolean range = at + 1 < pattern.length() - 1 && peek() == '-' && pattern.charAt(at + 1) != ']';
    if (!range) {
      return Literals.inBrackets(from);
    }
    at++;
    int to = classCharacter(false);
    if (to < from || to == '\\' || from <= '"' && '"' <= to || from <= '\\' && '\\' <= to) {
      throw refused();
    }
    return Literals.inBrackets(from) + "-" + Literals.inBrackets(to);
  }

  private int classCharacter(boolean escaped) throws UnsupportedSchemaException {
    if (!has()) {
      throw refused();
    }
    int character = pattern.codePointAt(at);
    requirePlain(character);
    if (escaped && Character.isLetterOrDigit(character)) {
      throw refused();
    }
    at += Character.charCount(character);
    return character;
  }

  private String times() throws UnsupportedSchemaException {
    if (!has()) {
      return "";
    }
    String times =
        switch (peek()) {
          case '*', '+', '?' -> String.valueOf(pattern.charAt(at++));
          case '{' -> counted();
          default -> "";
        };
    if (!times.isEmpty() && has() && "*+?{".indexOf(peek()) >= 0) {
      throw refused();
    }
    return times;
  }

  private String counted() throws UnsupportedSchemaException {
    int end = pattern.indexOf('}', at);
    String inside = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!inside.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
      throw refused();
    }
    for (String number : inside.split(",")) {
      if (Integer.parseInt(number) > MOST_TIMES) {
        throw refused();
      }
    }
    at = end + 1;
    return "{" + inside + "}";
  }
}
