package com.sutazai.inference.batch;

import java.util.concurrent.CompletableFuture;

/** A request that waits; told once what became of it. Told apart by identity. */
final class Waiter {
  private final Work work;
  private final CompletableFuture<Slot> slot = new CompletableFuture<>();

  Waiter(Work work) {
    this.work = work;
  }

  Work work() {
    return work;
  }

  CompletableFuture<Slot> slot() {
    return slot;
  }
}
