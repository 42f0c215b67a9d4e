package com.sutazai.engine.decode;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Requests that wait for the thread that computes; bounded for each kind. */
final class Inbox {
  private final int bound;
  private final Deque<Ticket> answers = new ArrayDeque<>();
  private final Deque<EmbeddingRequest> embeddings = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private boolean closed;

  Inbox(int bound) {
    this.bound = bound;
  }

  /** False if it is full or closed. */
  boolean offer(Ticket ticket) {
    return offer(answers, ticket);
  }

  /** False if it is full or closed. */
  boolean offer(EmbeddingRequest request) {
    return offer(embeddings, request);
  }

  private <T> boolean offer(Deque<T> waiting, T request) {
    lock.lock();
    try {
      if (closed || waiting.size() >= bound) {
        return false;
      }
      waiting.add(request);
      arrived.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How many wait. */
  int size() {
    lock.lock();
    try {
      return answers.size() + embeddings.size();
    } finally {
      lock.unlock();
    }
  }

  /** The one that waits longest for an answer. */
  @Nullable Ticket pollAnswer() {
    return poll(answers);
  }

  /** The one that waits longest for embeddings. */
  @Nullable EmbeddingRequest pollEmbedding() {
    return poll(embeddings);
  }

  /** Gives one for embeddings back, behind those that wait, for the one that waits longest. */
  EmbeddingRequest exchange(EmbeddingRequest request) {
    lock.lock();
    try {
      EmbeddingRequest next = embeddings.poll();
      if (next == null) {
        return request;
      }
      embeddings.add(request);
      return next;
    } finally {
      lock.unlock();
    }
  }

  private <T> @Nullable T poll(Deque<T> waiting) {
    lock.lock();
    try {
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until something is there, unless there is other work; false once it is closed.
   *
   * @param busy whether there is
   */
  boolean await(boolean busy) throws InterruptedException {
    lock.lock();
    try {
      while (!busy && answers.isEmpty() && embeddings.isEmpty() && !closed) {
        arrived.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more in; what waits can still be polled. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
