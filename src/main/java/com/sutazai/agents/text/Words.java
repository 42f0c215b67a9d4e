package com.sutazai.agents.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a text. */
final class Words {
  /** Letters and digits, and what joins them: {@code don't}, {@code well-known}. */
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*+(?:['’-][\\p{L}\\p{N}\\p{M}]++)*+");

  private Words() {}

  /**
   * A word where it stands.
   *
   * @param lower in lower case, with a straight apostrophe
   */
  record Word(int start, int end, String lower) {}

  static List<Word> of(String text) {
    List<Word> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(
          new Word(
              matcher.start(),
              matcher.end(),
              matcher.group().toLowerCase(Locale.ROOT).replace('’', '\'')));
    }
    return words;
  }
}
