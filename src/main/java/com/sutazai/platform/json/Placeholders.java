package com.sutazai.platform.json;

import java.util.ArrayList;
import java.util.List;

/**
 * A text with places for values, <code>{{path}}</code>, taken apart. What stands between the braces
 * is for the reader to judge. {@code \{{} stands for {@code {{}.
 */
public final class Placeholders {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";

  private Placeholders() {}

  /** A piece of the text. */
  public sealed interface Part {
    /** Stays as it is. */
    record Text(String text) implements Part {}

    /**
     * A value goes here.
     *
     * @param path what stands between the braces, without blanks around it
     * @param at number of the first brace's character in the text, from 1
     */
    record Place(String path, int at) implements Part {}
  }

  /** Braces are opened and not closed. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Malformed(int at) {
      super("has {{ without }} at character " + at + "; write \\{{ for the braces");
    }

    /** Says that, to stand behind the name of a field. */
    public String rule() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * The parts of a text, in order.
   *
   * @throws Malformed when one of its places has no end
   */
  public static List<Part> parse(String text) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
      if (open > from && text.charAt(open - 1) == '\\') {
        parts.add(new Part.Text(text.substring(from, open - 1) + OPEN));
        from = open + OPEN.length();
        continue;
      }
      int close = text.indexOf(CLOSE, open);
      if (close < 0) {
        throw new Malformed(open + 1);
      }
      if (open > from) {
        parts.add(new Part.Text(text.substring(from, open)));
      }
      parts.add(new Part.Place(text.substring(open + OPEN.length(), close).strip(), open + 1));
      from = close + CLOSE.length();
    }
    if (from < text.length()) {
      parts.add(new Part.Text(text.substring(from)));
    }
    return parts;
  }
}
