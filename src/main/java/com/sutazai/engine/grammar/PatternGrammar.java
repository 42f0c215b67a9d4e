package com.sutazai.engine.grammar;

import com.sutazai.engine.grammar.PatternPart.Times;
import org.jspecify.annotations.Nullable;

/**
 * Patterns that a grammar can say as they are: characters, classes, groups, alternatives and
 * repetitions between {@code ^} and {@code $}. What matches is JSON text, so a pattern of quotes,
 * backslashes or control characters is refused, and one that would take long to hold an answer to.
 */
final class PatternGrammar {
  private static final int LONGEST = 1_000;
  private static final int MOST_TIMES = 2_000;
  private static final int DEEPEST = 32;

  /** Characters of a pattern whose repetitions are written out. */
  private static final int MOST_PLACES = 4_000;

  /** Repetitions of which an answer chooses how often. */
  private static final int MOST_OPEN = 40;

  private static final String DIGIT = "0-9";
  private static final String WORD = "a-zA-Z0-9_";

  private final String pattern;
  private final String path;
  private int at;
  private int depth;
  private int open;

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
    PatternPart body = alternatives();
    if (at != pattern.length() - 1) {
      throw refused();
    }
    return body.inGroup().text();
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

  private UnsupportedSchemaException refused(String why) {
    return new UnsupportedSchemaException(path, why + ", up to character " + at);
  }

  private PatternPart alternatives() throws UnsupportedSchemaException {
    if (depth++ > DEEPEST) {
      throw refused();
    }
    PatternPart all = sequence();
    while (has() && peek() == '|') {
      at++;
      PatternPart next = sequence();
      if (all.empty() && next.empty()) {
        throw refused("has alternatives of which more than one may be empty");
      }
      all = all.or(next);
    }
    depth--;
    return all;
  }

  private PatternPart sequence() throws UnsupportedSchemaException {
    @Nullable PatternPart sequence = null;
    while (has() && peek() != '|' && peek() != ')') {
      PatternPart next = repeated(atom());
      sequence = sequence == null ? next : sequence.then(next);
      if (sequence.places() > MOST_PLACES) {
        throw refused("has more than " + MOST_PLACES + " characters with its repetitions");
      }
    }
    return sequence == null ? new PatternPart("\"\"", true, 0) : sequence;
  }

  private PatternPart repeated(PatternPart part) throws UnsupportedSchemaException {
    Times times = times();
    if (!times.sign().isEmpty() && part.empty()) {
      throw refused("repeats what may be empty");
    }
    if (times.open() && ++open > MOST_OPEN) {
      throw refused("has more than " + MOST_OPEN + " repetitions that are not of a fixed number");
    }
    return part.repeated(times);
  }

  private PatternPart atom() throws UnsupportedSchemaException {
    char first = peek();
    switch (first) {
      case '(' -> {
        at++;
        if (pattern.startsWith("?:", at)) {
          at += 2;
        } else if (has() && peek() == '?') {
          throw refused();
        }
        PatternPart inside = alternatives();
        if (!has() || peek() != ')') {
          throw refused();
        }
        at++;
        return inside.inGroup();
      }
      case '[' -> {
        return PatternPart.character(characterClass());
      }
      case '.' -> {
        at++;
        return PatternPart.character("[^\"\\\\\\x7F\\x00-\\x1F]");
      }
      case '\\' -> {
        at++;
        return PatternPart.character(escaped());
      }
      case '*', '+', '?', '{', '}', ']', '^', '$' -> throw refused();
      default -> {
        int character = pattern.codePointAt(at);
        requirePlain(character);
        at += Character.charCount(character);
        return PatternPart.character(Literals.literal(Character.toString(character)));
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

  private Times times() throws UnsupportedSchemaException {
    if (!has()) {
      return Times.ONCE;
    }
    Times times =
        switch (peek()) {
          case '*' -> sign(0, Times.ANY);
          case '+' -> sign(1, Times.ANY);
          case '?' -> sign(0, 1);
          case '{' -> counted();
          default -> Times.ONCE;
        };
    if (!times.sign().isEmpty() && has() && "*+?{".indexOf(peek()) >= 0) {
      throw refused();
    }
    return times;
  }

  private Times sign(int least, int most) {
    return new Times(String.valueOf(pattern.charAt(at++)), least, most);
  }

  private Times counted() throws UnsupportedSchemaException {
    int end = pattern.indexOf('}', at);
    String inside = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!inside.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
      throw refused();
    }
    String[] numbers = inside.split(",", -1);
    int least = Integer.parseInt(numbers[0]);
    int most =
        numbers.length == 1
            ? least
            : numbers[1].isEmpty() ? Times.ANY : Integer.parseInt(numbers[1]);
    if (Math.max(least, most) > MOST_TIMES || most != Times.ANY && least > most) {
      throw refused();
    }
    at = end + 1;
    return new Times("{" + inside + "}", least, most);
  }
}
