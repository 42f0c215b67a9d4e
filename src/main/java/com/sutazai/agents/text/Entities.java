package com.sutazai.agents.text;

import com.sutazai.agents.text.Sentences.Sentence;
import com.sutazai.agents.text.Words.Word;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What rules find in a text: addresses, dates, amounts, quantities, and names, which are nothing
 * but words with capital letters. A place belongs to the first rule that takes it.
 */
final class Entities {
  private static final String MONTH =
      "(?:Jan(?:uary|uar|vier)?|Feb(?:ruary|ruar)?|février|Mar(?:ch|s)?|März|Apr(?:il)?|avril|May|Mai|June?|Juni|juin|July?|Juli"
          + "|juillet|Aug(?:ust)?|août|Sept?(?:ember|embre)?|O[ck]t(?:ober|obre)?|Nov(?:ember|embre)?|De[cz](?:ember)?|décembre"
          + "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)";
  private static final String NUMBER = "\\d{1,15}(?:[.,'\u00a0]\\d{1,15}){0,6}";
  private static final String MORE =
      "(?:\\s?(?:thousand|million|billion|trillion|bn|Mio\\.?|Mrd\\.?|k|m)(?![\\p{L}\\d]))?";
  private static final String NO_WORD_BEFORE = "(?<![\\p{L}\\d.,])";
  private static final String NO_WORD_AFTER = "(?![\\p{L}\\d])";

  private static final List<Rule> RULES =
      List.of(
          new Rule("url", "(?:https?://|www\\.)[^\\s<>\"'“”]{3,2000}"),
          new Rule(
              "email",
              "(?<![\\w.+%-])[\\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}"
                  + NO_WORD_AFTER),
          new Rule("date", NO_WORD_BEFORE + "\\d{4}-\\d{2}-\\d{2}" + NO_WORD_AFTER),
          new Rule(
              "date",
              NO_WORD_BEFORE + "\\d{1,2}([./])\\d{1,2}\\1(?:\\d{4}|\\d{2})" + NO_WORD_AFTER),
          new Rule(
              "date",
              NO_WORD_BEFORE
                  + "\\d{1,2}(?:st|nd|rd|th|\\.)?\\s(?:of\\s|de\\s)?"
                  + MONTH
                  + "\\.?(?:,?\\s(?:de\\s)?\\d{4})?"
                  + NO_WORD_AFTER),
          new Rule(
              "date",
              "(?<!\\p{L})"
                  + MONTH
                  + "\\.?\\s(?:\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s\\d{4})?|\\d{4})"
                  + NO_WORD_AFTER),
          new Rule("money", "(?:[$€£¥]|(?<!\\p{L})(?:USD|EUR|GBP|CHF|JPY)\\s)\\s?" + NUMBER + MORE),
          new Rule(
              "money",
              NO_WORD_BEFORE
                  + NUMBER
                  + MORE
                  + "\\s?(?:[$€£¥]|(?:USD|EUR|GBP|CHF|JPY|[Dd]ollars?|[Ee]uros?|cents?|Cent|pounds?|francs?|yen)"
                  + NO_WORD_AFTER
                  + ")"),
          new Rule(
              "quantity",
              NO_WORD_BEFORE
                  + NUMBER
                  + "\\s?(?:%|‰|°C|°F|(?:percent|Prozent|km/h|mph|km|cm|mm|m|miles?|kg|mg|g|tons?|tonnes?|ml|l|litres?|liters?"
                  + "|[kKMGT]i?B|bytes?|[kKMG]?Hz|[kMG]?Wh?|mA|A|V|ms|s|min|h|seconds?|minutes?|hours?|days?|weeks?|months?|years?"
                  + "|Sekunden?|Minuten?|Stunden?|Tagen?|Wochen?|Monaten?|Jahren?)"
                  + NO_WORD_AFTER
                  + ")"));

  private static final Set<String> LINKS =
      Set.of("of", "de", "la", "van", "von", "der", "den", "di", "da", "du", "del");
  private static final int LONGEST_NAME = 6;

  private Entities() {}

  private record Rule(String type, Pattern pattern) {
    Rule(String type, String pattern) {
      this(type, Pattern.compile(pattern));
    }
  }

  /**
   * What was found.
   *
   * @param start of its first character in the text, counted from 0
   * @param end after its last character
   */
  record Entity(String type, String text, int start, int end) {}

  /**
   * All that is found, in the order of the text.
   *
   * @param nounsAreCapital whether a single word with a capital letter says nothing, as in German
   */
  static List<Entity> of(
      String text,
      List<Sentence> sentences,
      Predicate<String> isFunctionWord,
      boolean nounsAreCapital) {
    List<Entity> found = new ArrayList<>();
    BitSet taken = new BitSet(text.length());
    for (Rule rule : RULES) {
      Matcher matcher = rule.pattern().matcher(text);
      while (matcher.find()) {
        int end = rule.type().equals("url") ? withoutPunctuation(text, matcher) : matcher.end();
        String words = text.substring(matcher.start(), end);
        boolean free = taken.get(matcher.start(), end).isEmpty();
        if (free && !(rule.type().equals("date") && isNoDay(words))) {
          taken.set(matcher.start(), end);
          found.add(new Entity(rule.type(), words, matcher.start(), end));
        }
      }
    }
    names(text, sentences, isFunctionWord, nounsAreCapital, taken, found);
    found.sort(Comparator.comparingInt(Entity::start));
    return found;
  }

  private static int withoutPunctuation(String text, Matcher matcher) {
    int end = matcher.end();
    while (end > matcher.start() && ".,;:!?)]}".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end;
  }

  /** Whether it looks like a day, but no calendar has it. */
  private static boolean isNoDay(String words) {
    if (!words.matches("\\d{4}-\\d{2}-\\d{2}")) {
      return false;
    }
    try {
      LocalDate.parse(words);
      return false;
    } catch (DateTimeException e) {
      return true;
    }
  }

  private static void names(
      String text,
      List<Sentence> sentences,
      Predicate<String> isFunctionWord,
      boolean nounsAreCapital,
      BitSet taken,
      List<Entity> found) {
    Set<Integer> starts = new HashSet<>();
    List<Word> words = Words.of(text);
    int next = 0;
    for (Sentence sentence : sentences) {
      while (next < words.size() && words.get(next).start() < sentence.start()) {
        next++;
      }
      if (next < words.size()) {
        starts.add(words.get(next).start());
      }
    }
    for (int i = 0; i < words.size(); ) {
      int end = nameEnd(text, words, i, isFunctionWord, taken);
      boolean alone = end == i + 1;
      boolean tells = !alone || (!nounsAreCapital && !starts.contains(words.get(i).start()));
      if (end > i && tells) {
        int start = words.get(i).start();
        int after = words.get(end - 1).end();
        found.add(new Entity("name", text.substring(start, after), start, after));
      }
      i = Math.max(end, i + 1);
    }
  }

  /** The word after a name that begins with this one; this one when there is no name. */
  private static int nameEnd(
      String text, List<Word> words, int from, Predicate<String> isFunctionWord, BitSet taken) {
    int end = from;
    for (int i = from; i < words.size() && i - from < LONGEST_NAME; i++) {
      Word word = words.get(i);
      if (i > from
          && !text.substring(words.get(i - 1).end(), word.start()).matches("[ \u00a0]|\\. ")) {
        break;
      }
      boolean initial = i > from && text.charAt(words.get(i - 1).end()) == '.';
      if (initial && words.get(i - 1).lower().length() > 2) {
        break;
      }
      if (isNameWord(text, word, isFunctionWord, taken)) {
        end = i + 1;
      } else if (i == from || !LINKS.contains(word.lower())) {
        break;
      }
    }
    return end;
  }

  private static boolean isNameWord(
      String text, Word word, Predicate<String> isFunctionWord, BitSet taken) {
    return Character.isUpperCase(text.codePointAt(word.start()))
        && !taken.get(word.start())
        && !isFunctionWord.test(word.lower());
  }
}
