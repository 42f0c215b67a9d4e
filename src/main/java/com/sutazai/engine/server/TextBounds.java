package com.sutazai.engine.server;

import com.sutazai.engine.decode.LoadedModel;

/**
 * Which texts are split into tokens for a model. What cannot fit into its context is refused
 * before, and so is a word for each of whose characters llama.cpp would call itself until the stack
 * of {@link TextThread} is full, which ends the process.
 *
 * @param context tokens that a text may have
 * @param characters that so many tokens stand for at most
 */
record TextBounds(int context, long characters) {
  private static final int LONGEST_WORD = 200_000;

  /** Special tokens are longer than what they say. */
  private static final int LONGEST_SPECIAL = 64;

  static TextBounds of(LoadedModel model) {
    int longest = Math.max(LONGEST_SPECIAL, model.model().longestPiece());
    return new TextBounds(model.context(), (long) model.context() * longest);
  }

  /** The text itself, or the refusal. */
  String require(String text) {
    if (text.length() > characters) {
      throw RequestBody.refused(
          "the text has %d characters, which are more than %d tokens, and the engine's context has so many: shorten the text, or let the engine have a larger context"
              .formatted(text.length(), context));
    }
    int word = longestWord(text);
    if (word > LONGEST_WORD) {
      throw RequestBody.refused(
          "the text has a word of %d characters; the engine splits words of at most %d"
              .formatted(word, LONGEST_WORD));
    }
    return text;
  }

  /** So much of a text as may fit, where the rest is to be left out. */
  String beginning(String text) {
    if (text.length() <= characters) {
      return text;
    }
    int end = (int) characters;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  /** Characters of the longest run of spaces, or of anything else. */
  private static int longestWord(String text) {
    int longest = 0;
    int begin = 0;
    for (int at = 1; at <= text.length(); at++) {
      if (at == text.length() || isSpace(text.charAt(at)) != isSpace(text.charAt(at - 1))) {
        longest = Math.max(longest, at - begin);
        begin = at;
      }
    }
    return longest;
  }

  private static boolean isSpace(char character) {
    return Character.isWhitespace(character);
  }
}
