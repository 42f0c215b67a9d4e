package com.sutazai.engine.grammar;

import com.sutazai.engine.grammar.PatternPart.Times;
import org.jspecify.annotations.Nullable;

/**
 * Patterns that a grammar can say as they are: characters, classes, groups, alternatives and
 * repetitions between {@code ^} and {@code $}. What matches is JSON text, so a pattern of quotes,
 * backslashes or control characters is refused, and one that would take long to hold an answer to.
 */
final class PatternGrammar {
  private static final int DEEPEST = 32;

  /** Characters of a pattern whose repetitions are written out. */
  private static final int MOST_PLACES = 4_000;

  /** Repetitions of which an answer chooses how often. */
  private static final int MOST_OPEN = 40;

  private final PatternText text;
  private final PatternCharacters characters;
  private final PatternTimes times;
  private int depth;
  private int open;

  PatternGrammar(String pattern, String path) throws UnsupportedSchemaException {
    text = new PatternText(pattern, path);
    characters = new PatternCharacters(text);
    times = new PatternTimes(text);
  }

  String body() throws UnsupportedSchemaException {
    PatternPart body = alternatives();
    if (!text.ended()) {
      throw text.refused();
    }
    return body.inGroup().text();
  }

  private PatternPart alternatives() throws UnsupportedSchemaException {
    if (depth++ > DEEPEST) {
      throw text.refused();
    }
    PatternPart all = sequence();
    while (text.hasNext('|')) {
      text.skip(1);
      PatternPart next = sequence();
      if (all.empty() && next.empty()) {
        throw text.refused("has alternatives of which more than one may be empty");
      }
      all = all.or(next);
    }
    depth--;
    return all;
  }

  private PatternPart sequence() throws UnsupportedSchemaException {
    @Nullable PatternPart sequence = null;
    while (text.has() && text.peek() != '|' && text.peek() != ')') {
      PatternPart next = repeated(atom());
      sequence = sequence == null ? next : sequence.then(next);
      if (sequence.places() > MOST_PLACES) {
        throw text.refused("has more than " + MOST_PLACES + " characters with its repetitions");
      }
    }
    return sequence == null ? new PatternPart("\"\"", true, 0) : sequence;
  }

  private PatternPart repeated(PatternPart part) throws UnsupportedSchemaException {
    Times often = times.next();
    if (!often.sign().isEmpty() && part.empty()) {
      throw text.refused("repeats what may be empty");
    }
    if (often.open() && ++open > MOST_OPEN) {
      throw text.refused(
          "has more than " + MOST_OPEN + " repetitions that are not of a fixed number");
    }
    return part.repeated(often);
  }

  private PatternPart atom() throws UnsupportedSchemaException {
    if (text.peek() != '(') {
      return PatternPart.character(characters.next());
    }
    text.skip(1);
    if (!text.skip("?:") && text.hasNext('?')) {
      throw text.refused();
    }
    PatternPart inside = alternatives();
    if (!text.hasNext(')')) {
      throw text.refused();
    }
    text.skip(1);
    return inside.inGroup();
  }
}
