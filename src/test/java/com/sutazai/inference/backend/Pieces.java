package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Texts, and ways to cut them. */
final class Pieces {
  private static final String[] WORDS = {
    "sky", " ", "\n", "\"", "\\", "ü", "日本", "🙂", "{\"a\":", "}", "\t", "data: ", "[DONE]"
  };

  private Pieces() {}

  /** At least one character. */
  static String text(RandomGenerator random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(1, 20); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  /** The text cut at random places between code points; some of the pieces are empty. */
  static List<String> of(String text, RandomGenerator random) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int most = text.codePointCount(from, text.length());
      int to = text.offsetByCodePoints(from, random.nextInt(Math.min(most, 4) + 1));
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }
}
