package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.backend.MergedEmbeddings;
import com.sutazai.inference.batch.BatchConfig;
import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends requests for embeddings together that one owner makes within a short time and that differ
 * in their texts only. Servers work on a list of texts in one pass, so this is worth its wait where
 * many callers ask for one text each.
 */
@ApplicationScoped
class EmbeddingWindow {
  private static final Duration LONGEST = Duration.ofMillis(10);

  private final Bounds bounds;
  private final WholeAnswers answers;
  private final Map<Key, Gathering> open = new ConcurrentHashMap<>();

  /**
   * What is sent together.
   *
   * @param window how long the first waits for others; zero to send each alone
   * @param texts most of them together
   * @param tokens most of them together, estimated as for the queue
   */
  record Bounds(Duration window, int texts, long tokens) {}

  /** Equal for requests that may be sent together. */
  private record Key(UUID owner, String request) {}

  @Inject
  EmbeddingWindow(EmbeddingConfig config, BatchConfig queue, ModelCalls calls) {
    this(
        new Bounds(config.embeddingWindow(), config.embeddingBatch(), queue.maxWaitingTokens()),
        calls::whole);
  }

  EmbeddingWindow(Bounds bounds, WholeAnswers answers) {
    this.bounds = bounds;
    this.answers = answers;
  }

  void requireSense(@Observes @Priority(0) StartupEvent event) {
    requireSense(bounds);
  }

  static void requireSense(Bounds bounds) {
    if (bounds.window().isNegative() || bounds.window().compareTo(LONGEST) > 0) {
      throw new StartException(
          "sutazai.inference.embedding-window must be from 0 to "
              + LONGEST.toMillis()
              + "ms, is "
              + bounds.window().toMillis()
              + "ms: longer waits cost each caller more than they save.");
    }
    if (bounds.texts() < 2) {
      throw new StartException(
          "sutazai.inference.embedding-batch must be at least 2, is "
              + bounds.texts()
              + "; to send each request alone set sutazai.inference.embedding-window to 0.");
    }
  }

  /** The answer in the dialect of the request. */
  JsonNode ask(ModelRequest request) throws InterruptedException {
    if (bounds.window().isZero()) {
      return answers.to(request);
    }
    List<JsonNode> texts = MergedEmbeddings.texts(request.body());
    if (texts.isEmpty() || texts.size() >= bounds.texts()) {
      return answers.to(request);
    }
    Gathering.Member member = new Gathering.Member(request, texts);
    Optional<JsonNode> answer = join(member).answer(member);
    return answer.isPresent() ? answer.get() : answers.to(request);
  }

  private Gathering join(Gathering.Member member) {
    ModelRequest request = member.request();
    Key key =
        new Key(
            request.caller().owner(),
            request.kind() + Canonical.text(MergedEmbeddings.options(request.body())));
    return open.compute(
        key,
        (same, gathering) ->
            gathering != null && gathering.add(member)
                ? gathering
                : Gathering.start(member, bounds, answers, full -> open.remove(key, full)));
  }
}
