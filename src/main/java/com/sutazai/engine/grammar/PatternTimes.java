package com.sutazai.engine.grammar;

import com.sutazai.engine.grammar.PatternPart.Times;

/** How often a part of a pattern comes. */
final class PatternTimes {
  private static final int MOST_TIMES = 2_000;

  private final PatternText text;

  PatternTimes(PatternText text) {
    this.text = text;
  }

  /** What is said next, which is passed over; once where nothing is. */
  Times next() throws UnsupportedSchemaException {
    if (!text.has()) {
      return Times.ONCE;
    }
    Times times =
        switch (text.peek()) {
          case '*' -> sign(0, Times.ANY);
          case '+' -> sign(1, Times.ANY);
          case '?' -> sign(0, 1);
          case '{' -> counted();
          default -> Times.ONCE;
        };
    if (!times.sign().isEmpty() && text.has() && "*+?{".indexOf(text.peek()) >= 0) {
      throw text.refused();
    }
    return times;
  }

  private Times sign(int least, int most) {
    String sign = String.valueOf(text.peek());
    text.skip(1);
    return new Times(sign, least, most);
  }

  private Times counted() throws UnsupportedSchemaException {
    String inside = text.upTo('}');
    if (!inside.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
      throw text.refused();
    }
    String[] numbers = inside.split(",", -1);
    int least = Integer.parseInt(numbers[0]);
    int most =
        numbers.length == 1
            ? least
            : numbers[1].isEmpty() ? Times.ANY : Integer.parseInt(numbers[1]);
    if (Math.max(least, most) > MOST_TIMES || most != Times.ANY && least > most) {
      throw text.refused();
    }
    String sign = "{" + inside + "}";
    text.skip(sign.length());
    return new Times(sign, least, most);
  }
}
