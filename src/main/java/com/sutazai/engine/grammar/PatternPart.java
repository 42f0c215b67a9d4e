package com.sutazai.engine.grammar;

/**
 * A part of a pattern, and what it costs whoever holds an answer to it. llama.cpp follows each way
 * in which a part can be empty by calling itself, and remembers none of them, so there may be one.
 *
 * @param text what the grammar says for it
 * @param empty whether it allows no character
 * @param places characters that it has when its repetitions are written out
 */
record PatternPart(String text, boolean empty, long places) {
  /** How often a part comes. */
  record Times(String sign, int least, int most) {
    static final int ANY = -1;
    static final Times ONCE = new Times("", 1, 1);

    /** Whether an answer chooses how often. */
    boolean open() {
      return least != most;
    }
  }

  static PatternPart character(String text) {
    return new PatternPart(text, false, 1);
  }

  PatternPart then(PatternPart next) {
    return new PatternPart(text + " " + next.text, empty && next.empty, places + next.places);
  }

  PatternPart or(PatternPart other) {
    return new PatternPart(text + " | " + other.text, empty || other.empty, places + other.places);
  }

  PatternPart inGroup() {
    return new PatternPart("(" + text + ")", empty, places);
  }

  PatternPart repeated(Times times) {
    int copies = Math.max(1, Math.max(times.least, times.most));
    return new PatternPart(text + times.sign, empty || times.least == 0, places * copies);
  }
}
