package com.sutazai.engine.decode;

/** A request that was taken in; whoever has it may give up waiting. */
public final class Ticket {
  private final AnswerRequest request;
  private final AnswerListener listener;
  private volatile boolean cancelled;

  Ticket(AnswerRequest request, AnswerListener listener) {
    this.request = request;
    this.listener = listener;
  }

  AnswerRequest request() {
    return request;
  }

  AnswerListener listener() {
    return listener;
  }

  boolean cancelled() {
    return cancelled;
  }

  /** The answer is not wanted any more: at most the step that is being computed is finished. */
  public void cancel() {
    cancelled = true;
  }
}
