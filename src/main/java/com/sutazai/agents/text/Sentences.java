package com.sutazai.agents.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The sentences of a text: they end with {@code . ! ?} before a blank and no small letter, with
 * their counterparts in other scripts, or with an empty line. Common abbreviations and single
 * letters before a dot do not end one.
 */
final class Sentences {
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co",
          "no", "fig", "approx", "dept", "bzw", "z.b", "d.h", "usw", "ca", "nr", "str", "evtl",
          "ggf", "vgl", "hr", "fr", "u.a", "sr", "sra", "av", "p.ex");

  private Sentences() {}

  /** A sentence where it stands, without blanks around it. */
  record Sentence(int start, int end, String text) {}

  static List<Sentence> of(String text) {
    List<Sentence> sentences = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (endsAfter(text, i, from)) {
        int end = afterClosing(text, i + 1);
        add(sentences, text, from, end);
        from = end;
        i = end - 1;
      }
    }
    add(sentences, text, from, text.length());
    return sentences;
  }

  private static boolean endsAfter(String text, int i, int from) {
    char c = text.charAt(i);
    return switch (c) {
      case '。', '！', '？', '।' -> true;
      case '\n' -> isBeforeEmptyLine(text, i + 1);
      case '.', '!', '?', '…' -> isEnd(text, i) && !(c == '.' && isAbbreviation(text, i, from));
      default -> false;
    };
  }

  private static boolean isBeforeEmptyLine(String text, int from) {
    int next = from;
    while (next < text.length() && " \t\r".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    return next < text.length() && text.charAt(next) == '\n';
  }

  /** A blank follows, after quotes and brackets that close, and then no small letter. */
  private static boolean isEnd(String text, int i) {
    int next = afterClosing(text, i + 1);
    if (next == text.length()) {
      return true;
    }
    if (!Character.isWhitespace(text.charAt(next))) {
      return false;
    }
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
    return next == text.length() || !Character.isLowerCase(text.charAt(next));
  }

  /** After the quotes and brackets that close here. */
  private static int afterClosing(String text, int from) {
    int next = from;
    while (next < text.length() && "\"'”’»)]".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    return next;
  }

  private static boolean isAbbreviation(String text, int dot, int from) {
    int start = dot;
    while (start > from && !Character.isWhitespace(text.charAt(start - 1)) && dot - start < 12) {
      start--;
    }
    String word = text.substring(start, dot).toLowerCase(Locale.ROOT).replaceAll("^[(\"'„“]+", "");
    return (word.length() == 1 && Character.isLetter(word.charAt(0)))
        || ABBREVIATIONS.contains(word)
        || (!word.isEmpty() && word.chars().allMatch(Character::isDigit) && word.length() <= 2);
  }

  private static void add(List<Sentence> sentences, String text, int from, int to) {
    int start = from;
    int end = to;
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    if (end > start) {
      sentences.add(new Sentence(start, end, text.substring(start, end)));
    }
  }
}
