package com.sutazai.engine.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tokens of the demonstration model. A prompt is cut into characters and the words of the text,
 * which begin with a blank; an answer is made of tokens that end with one, so that the tokenizer
 * finds none of them in a prompt. A word that the text has twice becomes one token together with
 * what follows it, because each token has one successor.
 */
final class DemonstrationVocabulary {
  static final int BEGIN = 1;
  static final int END = 2;

  /** Codes of token types. */
  private static final int NORMAL = 1;

  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;

  /** What stands for a blank in a token. */
  private static final char BLANK = '\u2581';

  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();

  /** Places in the embedding of tokens that have one of their own, by token. */
  private final Map<Integer, Integer> places = new LinkedHashMap<>();

  private final List<Integer> answer = new ArrayList<>();

  DemonstrationVocabulary(String text) {
    add("<unk>", UNKNOWN);
    add("<s>", CONTROL);
    add("</s>", CONTROL);
    for (int i = 0; i < 256; i++) {
      add(String.format("<0x%02X>", i), BYTE);
    }
    List<String> words = List.of(text.split(" "));
    promptTokens(words);
    answerTokens(words);
  }

  private int add(String token, int type) {
    tokens.add(token);
    types.add(type);
    return tokens.size() - 1;
  }

  private int addPlaced(String token) {
    int added = add(token, NORMAL);
    places.put(added, places.size() + 1);
    return added;
  }

  /** Characters, and each beginning of each word: so a tokenizer puts words together. */
  private void promptTokens(List<String> words) {
    add(String.valueOf(BLANK), NORMAL);
    for (char each = '!'; each <= '~'; each++) {
      addPlaced(String.valueOf(each));
    }
    Set<String> beginnings = new LinkedHashSet<>();
    for (String word : words) {
      for (int length = 1; length <= word.length(); length++) {
        beginnings.add(BLANK + word.substring(0, length));
      }
    }
    beginnings.forEach(
        each -> {
          if (words.contains(each.substring(1))) {
            addPlaced(each);
          } else {
            add(each, NORMAL);
          }
        });
  }

  private void answerTokens(List<String> words) {
    Set<String> taken = new HashSet<>(tokens);
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      boolean last = i == words.size() - 1;
      token.append(words.get(i)).append(last ? "" : String.valueOf(BLANK));
      // Two characters could be put together from a prompt's, as could a last word without a blank.
      if (token.length() > 2 && taken.add(token.toString())) {
        answer.add(addPlaced(token.toString()));
        token.setLength(0);
      }
    }
  }

  List<String> tokens() {
    return tokens;
  }

  List<Integer> types() {
    return types;
  }

  /** Tokens of the answer, in order. */
  List<Integer> answer() {
    return answer;
  }

  /** Where a token's embedding is one; 0 is shared by all that have no place of their own. */
  int place(int token) {
    return places.getOrDefault(token, 0);
  }

  /** How many places there are. */
  int places() {
    return places.size() + 1;
  }
}
