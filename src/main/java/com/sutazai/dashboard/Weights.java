package com.sutazai.dashboard;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client would rather have, as fields like {@code Accept-Encoding} say it: words with
 * weights from 0, not at all, to 1, most of all (RFC 9110, section 12.4.2). A word whose weight is
 * none counts as not wanted.
 */
final class Weights {
  private static final Pattern WORD =
      Pattern.compile("\\s*([^\\s;,]+)\\s*((?:;[^;,]*)*)", Pattern.CASE_INSENSITIVE);

  private static final Pattern WEIGHT = Pattern.compile("(?i);\\s*q\\s*=\\s*([^;\\s]*)");
  private static final Pattern NUMBER = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");

  private final Map<String, Double> weights = new HashMap<>();

  private Weights() {}

  /** The field's lines. */
  static Weights of(List<String> field) {
    var all = new Weights();
    for (String line : field) {
      for (String part : line.split(",", -1)) {
        Matcher word = WORD.matcher(part);
        if (word.matches()) {
          String name = word.group(1).toLowerCase(Locale.ROOT);
          all.weights.merge(name, weight(word.group(2)), Math::max);
        }
      }
    }
    return all;
  }

  private static double weight(String parameters) {
    Matcher weight = WEIGHT.matcher(parameters);
    if (!weight.find()) {
      return 1;
    }
    return NUMBER.matcher(weight.group(1)).matches() ? Double.parseDouble(weight.group(1)) : 0;
  }

  /** The word's weight; if it is not named, what that of {@code *} is, or the given one. */
  double of(String word, double otherwise) {
    Double named = weights.get(word);
    return named == null ? weights.getOrDefault("*", otherwise) : named;
  }

  /** Whether it is named and wanted. */
  boolean name(String word) {
    return weights.getOrDefault(word, 0.0) > 0;
  }
}
