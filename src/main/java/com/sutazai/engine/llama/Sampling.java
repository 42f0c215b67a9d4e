package com.sutazai.engine.llama;

/**
 * How a token is chosen among the likely ones.
 *
 * @param temperature 0 always takes the likeliest
 * @param topK the choice is among so many; 0 is all
 * @param topP among the likeliest that together have this probability; 1 is all
 * @param minP among those with this share of the likeliest one's probability; 0 is all
 * @param typicalP among the most typical that together have this probability; 1 is all
 * @param repeatLast tokens back in which repetitions count; 0 is none
 * @param repeatPenalty divides the likelihood of tokens that were there; 1 is none
 * @param presencePenalty taken once from tokens that were there
 * @param frequencyPenalty taken for each time that they were there
 * @param mirostat version of the sampler that aims at a constant surprise; 0 is none
 * @param mirostatTau that surprise
 * @param mirostatEta how fast it is aimed at
 * @param seed the same seed makes the same choices
 */
public record Sampling(
    float temperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    int repeatLast,
    float repeatPenalty,
    float presencePenalty,
    float frequencyPenalty,
    int mirostat,
    float mirostatTau,
    float mirostatEta,
    int seed) {
  private static final int LONGEST_MEMORY = 1 << 16;

  public Sampling {
    check("temperature", temperature >= 0 && temperature <= 100);
    check("top_k", topK >= 0);
    check("top_p", topP >= 0 && topP <= 1);
    check("min_p", minP >= 0 && minP <= 1);
    check("typical_p", typicalP >= 0 && typicalP <= 1);
    check("repeat_last_n", repeatLast >= 0 && repeatLast <= LONGEST_MEMORY);
    check("repeat_penalty", repeatPenalty > 0 && repeatPenalty <= 100);
    check("presence_penalty", Math.abs(presencePenalty) <= 100);
    check("frequency_penalty", Math.abs(frequencyPenalty) <= 100);
    check("mirostat", mirostat >= 0 && mirostat <= 2);
    check("mirostat_tau", mirostatTau >= 0 && mirostatTau <= 100);
    check("mirostat_eta", mirostatEta >= 0 && mirostatEta <= 100);
  }

  private static void check(String name, boolean good) {
    if (!good) {
      throw new IllegalArgumentException(name + " is out of bounds");
    }
  }

  boolean penalizes() {
    return repeatLast > 0 && (repeatPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0);
  }
}
