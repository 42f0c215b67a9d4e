package com.sutazai.engine.decode;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Hears an answer and tells of it. */
class HeardAnswer implements AnswerListener {
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<AnswerEnd> end = new CompletableFuture<>();
  private int pieces;

  /** What it is heard by. */
  @SuppressWarnings("NullAway.Init")
  Ticket ticket;

  @Override
  public synchronized void text(String piece) {
    text.append(piece);
    pieces++;
    notifyAll();
  }

  @Override
  public void ended(AnswerEnd how) {
    end.complete(how);
  }

  @Override
  public void failed(EngineException failure) {
    end.completeExceptionally(failure);
  }

  synchronized String text() {
    return text.toString();
  }

  synchronized int pieces() {
    return pieces;
  }

  synchronized void awaitPieces(int count) throws InterruptedException {
    while (pieces < count) {
      wait();
    }
  }

  AnswerEnd end() throws InterruptedException, ExecutionException {
    return end.get();
  }

  /** Waits for the failure that it ends with. */
  EngineException failure() {
    return (EngineException) end.handle((how, failure) -> failure).join();
  }
}
