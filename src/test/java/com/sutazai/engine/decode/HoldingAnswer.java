package com.sutazai.engine.decode;

import java.util.concurrent.CompletableFuture;

/** Holds the thread that computes at its first piece until it is let go. */
final class HoldingAnswer extends HeardAnswer {
  private final CompletableFuture<Void> go = new CompletableFuture<>();

  @Override
  public void text(String piece) {
    super.text(piece);
    go.join();
  }

  void letGo() {
    go.complete(null);
  }
}
