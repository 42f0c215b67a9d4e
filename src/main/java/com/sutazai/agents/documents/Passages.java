package com.sutazai.agents.documents;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into passages of at most {@value #WORDS} words or {@value #CHARACTERS} characters.
 * Each begins {@value #OVERLAP} words before the end of the one before, so that what stands at a
 * cut is whole in one of them; where nothing can be cut at a blank there is no overlap.
 */
final class Passages {
  static final int WORDS = 512;
  static final int OVERLAP = 64;
  static final int CHARACTERS = 8000;

  private Passages() {}

  private record Span(int start, int end) {}

  static List<String> of(String text) {
    List<Span> words = words(text);
    List<String> passages = new ArrayList<>();
    int from = 0;
    while (from < words.size()) {
      int to = from + 1;
      int start = words.get(from).start();
      while (to < words.size() && to - from < WORDS && words.get(to).end() - start <= CHARACTERS) {
        to++;
      }
      passages.add(text.substring(start, words.get(to - 1).end()));
      if (to == words.size()) {
        break;
      }
      from = to - from > 2 * OVERLAP ? to - OVERLAP : to;
    }
    return passages;
  }

  /** What stands between blanks; what is longer than a passage is cut wherever it is. */
  private static List<Span> words(String text) {
    List<Span> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (Character.isWhitespace(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      while (i < text.length()
          && !Character.isWhitespace(text.charAt(i))
          && i - start < CHARACTERS) {
        i += Character.charCount(text.codePointAt(i));
      }
      words.add(new Span(start, i));
    }
    return words;
  }
}
