package com.sutazai.inference;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.batch.Slot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;

/**
 * A try of a request at one server until its first token, on a thread of its own, so that it can be
 * given up. Either its outcome is taken, or it was given up; whichever is first decides who closes
 * the connection and gives the slot back.
 */
final class Contender {
  private final Slot slot;
  private final Opening opening;
  private final CompletableFuture<LiveGeneration> begun = new CompletableFuture<>();
  private final Thread thread;

  /** Asks a server and waits for the first token, of which nothing is told yet. */
  interface Opening {
    LiveGeneration open() throws ModelFailure, InterruptedException;
  }

  private Contender(Slot slot, Opening opening) {
    this.slot = slot;
    this.opening = opening;
    thread = Thread.ofVirtual().name("model-try").unstarted(this::run);
  }

  static Contender start(Slot slot, Opening opening) {
    Contender contender = new Contender(slot, opening);
    contender.thread.start();
    return contender;
  }

  private void run() {
    try {
      LiveGeneration answer = opening.open();
      if (!begun.complete(answer)) {
        answer.discard();
        slot.abandoned();
      }
    } catch (Throwable e) { // whatever it is, somebody waits for it
      if (!begun.completeExceptionally(e)) {
        slot.abandoned();
      }
    }
  }

  Slot slot() {
    return slot;
  }

  /** Done once the first token came, or the try failed. */
  CompletableFuture<LiveGeneration> begun() {
    return begun;
  }

  boolean succeeded() {
    return begun.state() == Future.State.SUCCESS;
  }

  /** The answer of a try that is done, or why there is none; the slot is the taker's then. */
  LiveGeneration answer() throws ModelFailure {
    try {
      return begun.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ModelFailure failure -> throw failure;
        case RuntimeException unexpected -> throw unexpected;
        case null, default -> throw e;
      }
    }
  }

  /** Ends it, which says nothing about its server. Its outcome must not have been taken. */
  void giveUp() {
    if (begun.cancel(false)) {
      thread.interrupt(); // it closes its connection and then gives the slot back
      return;
    }
    if (succeeded()) {
      begun.resultNow().discard();
    }
    slot.abandoned();
  }
}
