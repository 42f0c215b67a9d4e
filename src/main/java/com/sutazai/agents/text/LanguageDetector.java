package com.sutazai.agents.text;

import com.sutazai.agents.text.Words.Word;
import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the language of a text: by its script where that settles it, else by function words and
 * letters that few languages have. A word that several languages share counts for each of them by
 * its part. The first {@value #LONGEST} characters count.
 *
 * <p>The word lists are ours. Of the libraries, language-detector (2016) is not kept up, Lingua has
 * 80 MB of models, and OpenNLP 12 MB with its model; none of them is worth that here.
 */
public final class LanguageDetector {
  /** The code of a language that could not be told. */
  public static final String UNKNOWN = "und";

  private static final int LONGEST = 20_000;
  private static final int CANDIDATES = 3;

  private LanguageDetector() {}

  /**
   * What a text seems to be written in.
   *
   * @param code ISO 639-1, or {@code und}
   * @param score by {@code function_words}: the language's part of all that spoke for any language;
   *     by {@code script}: the script's part of all letters; 0 to 1, no probability
   * @param method {@code function_words}, {@code script} or {@code none}
   * @param candidates the best, with their scores
   */
  public record Detected(String code, double score, String method, List<Candidate> candidates) {}

  /** A language and its score. */
  public record Candidate(String code, double score) {}

  public static Detected detect(String text) {
    String sample = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
    sample
        .codePoints()
        .filter(Character::isLetter)
        .forEach(letter -> letters.merge(UnicodeScript.of(letter), 1, Integer::sum));
    int all = letters.values().stream().mapToInt(each -> each).sum();
    String byScript = byScript(letters, all);
    if (byScript.isEmpty()) {
      return byWords(sample);
    }
    double score = rounded((double) ofScript(byScript, letters) / all);
    return new Detected(byScript, score, "script", List.of(new Candidate(byScript, score)));
  }

  /** The commonest language of a script that most letters are of; empty for Latin and Cyrillic. */
  private static String byScript(Map<UnicodeScript, Integer> letters, int all) {
    for (String code : List.of("ja", "zh", "ko", "ar", "el", "he", "th", "hi")) {
      if (2 * ofScript(code, letters) > all) {
        return code;
      }
    }
    return "";
  }

  /** Letters of the scripts that the language is written in. */
  private static int ofScript(String code, Map<UnicodeScript, Integer> letters) {
    int kana = count(letters, UnicodeScript.HIRAGANA) + count(letters, UnicodeScript.KATAKANA);
    int han = count(letters, UnicodeScript.HAN);
    return switch (code) {
      case "ja" -> 10 * kana > han ? kana + han : 0;
      case "zh" -> han;
      case "ko" -> count(letters, UnicodeScript.HANGUL);
      case "ar" -> count(letters, UnicodeScript.ARABIC);
      case "el" -> count(letters, UnicodeScript.GREEK);
      case "he" -> count(letters, UnicodeScript.HEBREW);
      case "th" -> count(letters, UnicodeScript.THAI);
      default -> count(letters, UnicodeScript.DEVANAGARI);
    };
  }

  private static int count(Map<UnicodeScript, Integer> letters, UnicodeScript script) {
    return letters.getOrDefault(script, 0);
  }

  private static Detected byWords(String sample) {
    Map<Language, Double> weights = new EnumMap<>(Language.class);
    for (Word word : Words.of(sample)) {
      share(weights, matching(word.lower(), true));
      share(weights, matching(word.lower(), false));
    }
    double all = weights.values().stream().mapToDouble(each -> each).sum();
    List<Candidate> candidates =
        weights.entrySet().stream()
            .map(each -> new Candidate(each.getKey().code(), rounded(each.getValue() / all)))
            .sorted(
                Comparator.comparingDouble(Candidate::score)
                    .reversed()
                    .thenComparing(Candidate::code))
            .limit(CANDIDATES)
            .toList();
    boolean tied =
        candidates.isEmpty()
            || (candidates.size() > 1 && candidates.get(0).score() == candidates.get(1).score());
    return tied
        ? new Detected(UNKNOWN, 0, "none", candidates)
        : new Detected(
            candidates.getFirst().code(),
            candidates.getFirst().score(),
            "function_words",
            candidates);
  }

  private static List<Language> matching(String word, boolean whole) {
    return Arrays.stream(Language.values())
        .filter(each -> whole ? each.hasFunctionWord(word) : each.hasOwnLetter(word))
        .toList();
  }

  private static void share(Map<Language, Double> weights, List<Language> languages) {
    languages.forEach(each -> weights.merge(each, 1.0 / languages.size(), Double::sum));
  }

  private static double rounded(double score) {
    return Math.round(score * 1000) / 1000.0;
  }
}
