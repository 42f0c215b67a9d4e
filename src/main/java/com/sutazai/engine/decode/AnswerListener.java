package com.sutazai.engine.decode;

/**
 * Who waits for an answer. Called by the thread that computes, so it may not wait; one of {@code
 * ended} and {@code failed} is called once, last.
 */
public interface AnswerListener {
  /** The next piece of the answer; never empty. */
  void text(String piece);

  void ended(AnswerEnd end);

  void failed(EngineException failure);
}
