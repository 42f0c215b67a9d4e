package com.sutazai.agents.text;

import com.sutazai.agents.text.Sentences.Sentence;
import com.sutazai.agents.text.Words.Word;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The sentences that say most of a text, by TextRank (Mihalcea and Tarau, TextRank: Bringing Order
 * into Texts, EMNLP 2004). Sentences are the nodes of a graph; two are joined by the words that
 * they share, divided by the logarithms of their lengths, and the rank of a node flows along its
 * edges as PageRank does. Function words do not count. Cost: the square of the number of sentences,
 * of which the first {@value #MOST} are looked at.
 */
final class Summary {
  static final int MOST = 1000;

  private static final double DAMPING = 0.85;
  private static final double SETTLED = 1e-6;
  private static final int MOST_ROUNDS = 100;

  private Summary() {}

  /** A sentence, its place among all, counted from 0, and its rank; the mean of all ranks is 1. */
  record Ranked(Sentence sentence, int number, double rank) {}

  /** The best sentences, in the order of the text. */
  static List<Ranked> of(List<Sentence> all, Predicate<String> isFunctionWord, int wanted)
      throws InterruptedException {
    List<Sentence> sentences = all.size() > MOST ? all.subList(0, MOST) : all;
    double[] ranks = ranks(weights(sentences, isFunctionWord));
    return IntStream.range(0, sentences.size())
        .mapToObj(i -> new Ranked(sentences.get(i), i, Math.round(ranks[i] * 1000) / 1000.0))
        .sorted(Comparator.comparingDouble(Ranked::rank).reversed().thenComparing(Ranked::number))
        .limit(wanted)
        .sorted(Comparator.comparingInt(Ranked::number))
        .toList();
  }

  private static double[][] weights(List<Sentence> sentences, Predicate<String> isFunctionWord)
      throws InterruptedException {
    List<Set<String>> words =
        sentences.stream().map(sentence -> contentWords(sentence, isFunctionWord)).toList();
    double[][] weights = new double[sentences.size()][sentences.size()];
    for (int i = 0; i < weights.length; i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      for (int j = 0; j < i; j++) {
        weights[i][j] = similarity(words.get(i), words.get(j));
        weights[j][i] = weights[i][j];
      }
    }
    return weights;
  }

  private static Set<String> contentWords(Sentence sentence, Predicate<String> isFunctionWord) {
    Set<String> words = new HashSet<>();
    for (Word word : Words.of(sentence.text())) {
      if (!isFunctionWord.test(word.lower())) {
        words.add(word.lower());
      }
    }
    return words;
  }

  /** One word more than there are, so that two sentences of one word each can be compared. */
  private static double similarity(Set<String> a, Set<String> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return 0;
    }
    Set<String> smaller = a.size() < b.size() ? a : b;
    Set<String> larger = smaller == a ? b : a;
    long shared = smaller.stream().filter(larger::contains).count();
    return shared == 0 ? 0 : shared / (Math.log(a.size() + 1.0) + Math.log(b.size() + 1.0));
  }

  private static double[] ranks(double[][] weights) throws InterruptedException {
    double[] sums = Arrays.stream(weights).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
    double[] ranks = new double[weights.length];
    Arrays.fill(ranks, 1);
    double change = Double.MAX_VALUE;
    for (int round = 0; round < MOST_ROUNDS && change > SETTLED; round++) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      double[] next = new double[ranks.length];
      change = 0;
      for (int i = 0; i < ranks.length; i++) {
        double flow = 0;
        for (int j = 0; j < ranks.length; j++) {
          if (weights[i][j] > 0) {
            flow += weights[i][j] / sums[j] * ranks[j];
          }
        }
        next[i] = 1 - DAMPING + DAMPING * flow;
        change = Math.max(change, Math.abs(next[i] - ranks[i]));
      }
      ranks = next;
    }
    return ranks;
  }
}
