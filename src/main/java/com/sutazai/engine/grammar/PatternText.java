package com.sutazai.engine.grammar;

/** A pattern that is read from the left, between its {@code ^} and its {@code $}. */
final class PatternText {
  private static final int LONGEST = 1_000;

  private final String pattern;
  private final String path;
  private int at = 1;

  PatternText(String pattern, String path) throws UnsupportedSchemaException {
    if (pattern.length() > LONGEST || !pattern.startsWith("^") || !pattern.endsWith("$")) {
      throw new UnsupportedSchemaException(
          path, "must begin with ^ and end with $, and have at most " + LONGEST + " characters");
    }
    this.pattern = pattern;
    this.path = path;
  }

  UnsupportedSchemaException refused() {
    return new UnsupportedSchemaException(
        path,
        "cannot be held to from character "
            + (at + 1)
            + " on; it may have characters, classes, groups, | and repetitions");
  }

  UnsupportedSchemaException refused(String why) {
    return new UnsupportedSchemaException(path, why + ", up to character " + at);
  }

  boolean has() {
    return has(1);
  }

  /** Whether there are so many characters more. */
  boolean has(int count) {
    return at + count < pattern.length();
  }

  /** Whether all of it was read, and nothing beyond. */
  boolean ended() {
    return at == pattern.length() - 1;
  }

  char peek() {
    return pattern.charAt(at);
  }

  boolean hasNext(char expected) {
    return has() && peek() == expected;
  }

  /** The character behind the next one; there have to be two. */
  char second() {
    return pattern.charAt(at + 1);
  }

  /** What is between the next character and the first of these; empty when there is none. */
  String upTo(char end) {
    int there = pattern.indexOf(end, at);
    return there < 0 ? "" : pattern.substring(at + 1, there);
  }

  void skip(int count) {
    at += count;
  }

  /** Passes over a text if it is the next one. */
  boolean skip(String text) {
    boolean next = pattern.startsWith(text, at);
    at += next ? text.length() : 0;
    return next;
  }

  /** The next character, which must stand in JSON as it is; it is not passed over. */
  int plain() throws UnsupportedSchemaException {
    int character = pattern.codePointAt(at);
    if (character == '"' || character == '\\' || character < ' ' || character == 0x7f) {
      throw refused();
    }
    return character;
  }
}
