package com.sutazai.agents.text;

import com.sutazai.agents.text.Words.Word;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Key phrases by RAKE (Rose, Engel, Cramer and Cowley, Automatic Keyword Extraction from Individual
 * Documents, 2010): phrases are the words between function words and punctuation; a word scores the
 * words it stands in phrases with, itself included, by how often it is there; a phrase scores the
 * sum of its words. Phrases have at most {@value #LONGEST} words, and no number alone is one.
 */
final class Keywords {
  private static final int LONGEST = 4;
  private static final Pattern NUMBER = Pattern.compile("[\\p{N}.,-]+");
  private static final Pattern ONLY_BLANKS = Pattern.compile("[ \\t]*");

  private Keywords() {}

  /**
   * A phrase as it is first written, how often it is there, and its score.
   *
   * @param score at least 1; grows with the length of a phrase and the company of its words
   */
  record Keyword(String phrase, int count, double score) {}

  private record Phrase(String key, String written, List<String> words) {}

  static List<Keyword> of(String text, Predicate<String> isFunctionWord, int wanted) {
    List<Phrase> phrases = phrases(text, isFunctionWord);
    Map<String, Integer> frequency = new HashMap<>();
    Map<String, Integer> degree = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    Map<String, Phrase> first = new LinkedHashMap<>();
    for (Phrase phrase : phrases) {
      counts.merge(phrase.key(), 1, Integer::sum);
      first.putIfAbsent(phrase.key(), phrase);
      for (String word : phrase.words()) {
        frequency.merge(word, 1, Integer::sum);
        degree.merge(word, phrase.words().size(), Integer::sum);
      }
    }
    return first.values().stream()
        .map(
            phrase ->
                new Keyword(
                    phrase.written(),
                    counts.getOrDefault(phrase.key(), 0),
                    phrase.words().stream()
                        .mapToDouble(
                            word ->
                                (double) degree.getOrDefault(word, 0)
                                    / frequency.getOrDefault(word, 1))
                        .sum()))
        .sorted(
            Comparator.comparingDouble(Keyword::score)
                .thenComparing(Keyword::count)
                .reversed()
                .thenComparing(Keyword::phrase))
        .limit(wanted)
        .map(
            each ->
                new Keyword(each.phrase(), each.count(), Math.round(each.score() * 1000) / 1000.0))
        .toList();
  }

  private static List<Phrase> phrases(String text, Predicate<String> isFunctionWord) {
    List<Phrase> phrases = new ArrayList<>();
    List<Word> open = new ArrayList<>();
    for (Word word : Words.of(text)) {
      boolean apart =
          !open.isEmpty()
              && !ONLY_BLANKS.matcher(text.substring(open.getLast().end(), word.start())).matches();
      if (apart) {
        close(phrases, open, text);
      }
      if (isFunctionWord.test(word.lower())) {
        close(phrases, open, text);
      } else {
        open.add(word);
      }
    }
    close(phrases, open, text);
    return phrases;
  }

  private static void close(List<Phrase> phrases, List<Word> open, String text) {
    List<String> words = open.stream().map(Word::lower).toList();
    boolean numbers = words.stream().allMatch(word -> NUMBER.matcher(word).matches());
    if (!words.isEmpty() && words.size() <= LONGEST && !numbers) {
      phrases.add(
          new Phrase(
              String.join(" ", words),
              text.substring(open.getFirst().start(), open.getLast().end()),
              words));
    }
    open.clear();
  }
}
