package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.EmbeddingWindow.Bounds;
import com.sutazai.inference.backend.MergedEmbeddings;
import com.sutazai.platform.error.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Requests that came within one window. A thread of their own waits for its end and makes the one
 * call, so that whoever leaves ends it for nobody else; it ends when all have left. Where the call
 * says nothing that holds for each of them, each asks alone: so one bad text fails alone.
 */
final class Gathering {
  private static final int UNAVAILABLE = 503;

  private final Bounds bounds;
  private final WholeAnswers answers;
  private final Consumer<Gathering> closed;
  private final Thread thread;
  private final CountDownLatch full = new CountDownLatch(1);
  private final List<Member> members = new ArrayList<>();
  private int texts;
  private long tokens;
  private boolean sent;

  /** One of the requests; told apart by identity. */
  static final class Member {
    private final ModelRequest request;
    private final List<JsonNode> texts;
    private final long tokens;

    /** Empty when it is to be asked alone. */
    private final CompletableFuture<Optional<JsonNode>> answer = new CompletableFuture<>();

    /**
     * A request.
     *
     * @param texts its texts, at least one
     */
    Member(ModelRequest request, List<JsonNode> texts) {
      this.request = request;
      this.texts = texts;
      tokens = RequestSize.tokens(request.body());
    }

    ModelRequest request() {
      return request;
    }
  }

  private Gathering(Bounds bounds, WholeAnswers answers, Consumer<Gathering> closed) {
    this.bounds = bounds;
    this.answers = answers;
    this.closed = closed;
    thread = Thread.ofVirtual().name("embeddings").unstarted(this::run);
  }

  /**
   * Begins with a first one.
   *
   * @param closed told when nobody can be added any more
   */
  static Gathering start(
      Member first, Bounds bounds, WholeAnswers answers, Consumer<Gathering> closed) {
    Gathering gathering = new Gathering(bounds, answers, closed);
    gathering.take(first);
    gathering.thread.start();
    return gathering;
  }

  /** False when it is too late or there is no room for it: then the others are sent at once. */
  synchronized boolean add(Member member) {
    if (sent) {
      return false;
    }
    if (texts + member.texts.size() > bounds.texts() || tokens + member.tokens > bounds.tokens()) {
      full.countDown();
      return false;
    }
    take(member);
    if (texts == bounds.texts()) {
      full.countDown();
    }
    return true;
  }

  private synchronized void take(Member member) {
    members.add(member);
    texts += member.texts.size();
    tokens += member.tokens;
  }

  private synchronized void leave(Member member) {
    if (members.remove(member)) {
      texts -= member.texts.size();
      tokens -= member.tokens;
    }
    if (members.isEmpty()) {
      thread.interrupt();
    }
  }

  private synchronized List<Member> close() {
    sent = true;
    return List.copyOf(members);
  }

  /** Waits for the answer to one of them; empty when it is to be asked alone. */
  Optional<JsonNode> answer(Member member) throws InterruptedException {
    try {
      return member.answer.get();
    } catch (InterruptedException e) {
      leave(member);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException problem
          ? problem
          : new IllegalStateException(e.getCause());
    }
  }

  private void run() {
    try {
      var _ = full.await(bounds.window().toNanos(), TimeUnit.NANOSECONDS);
      closed.accept(this);
      List<Member> together = close();
      if (together.size() > 1) {
        send(together);
      }
    } catch (InterruptedException e) {
      // nobody waits any more
    } finally {
      closed.accept(this);
      close().forEach(member -> member.answer.complete(Optional.empty()));
    }
  }

  private void send(List<Member> together) throws InterruptedException {
    try {
      List<ObjectNode> parts =
          MergedEmbeddings.split(
              answers.to(merged(together)),
              together.stream().map(member -> member.texts.size()).toList());
      for (int i = 0; i < parts.size(); i++) {
        together.get(i).answer.complete(Optional.of(parts.get(i)));
      }
    } catch (ProblemException failure) {
      if (failure.code().status() == UNAVAILABLE) {
        together.forEach(member -> member.answer.completeExceptionally(failure));
      }
    }
  }

  private static ModelRequest merged(List<Member> together) {
    ModelRequest first = together.getFirst().request;
    return first.asking(
        MergedEmbeddings.body(
            first.body(), together.stream().flatMap(member -> member.texts.stream()).toList()));
  }
}
