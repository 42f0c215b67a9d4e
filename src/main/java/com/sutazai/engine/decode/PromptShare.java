package com.sutazai.engine.decode;

import java.util.Arrays;

/**
 * How many tokens each prompt may have in a step that several are read in: the same for all,
 * because llama.cpp computes sequences together as far as they have the same number of tokens.
 */
final class PromptShare {
  /** Tokens that llama.cpp's kernels take at once; what is left over costs as much as these. */
  private static final int[] AT_ONCE = {16, 4};

  private PromptShare() {}

  /**
   * The share of each; a prompt with fewer tokens leaves the rest to the others.
   *
   * @param unread tokens that each prompt still has
   * @param most tokens of all together; none gets any if there are more prompts
   */
  static int of(int[] unread, int most) {
    int[] ascending = unread.clone();
    Arrays.sort(ascending);
    int left = most;
    for (int i = 0; i < ascending.length; i++) {
      int prompts = ascending.length - i;
      int share = left / prompts;
      if (ascending[i] > share) {
        return rounded(share, prompts);
      }
      left -= ascending[i];
    }
    return most;
  }

  /** Less by what the kernels would have to take apart, where so many prompts have that share. */
  private static int rounded(int share, int prompts) {
    for (int size : AT_ONCE) {
      int multiple = size / Integer.highestOneBit(Math.min(size, Integer.lowestOneBit(prompts)));
      if (share >= multiple) {
        return share - share % multiple;
      }
    }
    return share;
  }
}
