package com.sutazai.engine.decode;

/**
 * How an answer ended, and what it took.
 *
 * @param promptTokens of the whole prompt, computed now or before
 * @param reusedTokens of it that a sequence knew from before
 * @param answerTokens that were chosen, the one that ended the answer included
 * @param promptNanos from the prompt's first step to the choice of the first token
 * @param answerNanos from then to the end
 */
public record AnswerEnd(
    Reason reason,
    int promptTokens,
    int reusedTokens,
    int answerTokens,
    long promptNanos,
    long answerNanos) {
  public enum Reason {
    /** The model said so, or a stop text came. */
    STOP,
    /** It may have no more tokens. */
    LENGTH
  }
}
