package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
  private static final Caller ALICE = new Caller(UUID.randomUUID(), "alice", false);
  private static final Caller BOB = new Caller(UUID.randomUUID(), "bob", false);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final Embeddings embeddings = new Embeddings(this::answer, registry);

  /** What the test says next. */
  private JsonNode answer(ModelRequest request) throws InterruptedException {
    calls.incrementAndGet();
    Object outcome = outcomes.take();
    if (outcome instanceof ProblemException failure) {
      throw failure;
    }
    return (JsonNode) outcome;
  }

  private static JsonNode vector() {
    return JsonNodeFactory.instance.objectNode().put("model", "m");
  }

  private static ModelRequest request(Caller caller, String text, boolean shared) {
    return new ModelRequest(
        caller,
        Operation.EMBED,
        JsonNodeFactory.instance.objectNode().put("input", text),
        "m",
        Urgency.INTERACTIVE,
        shared ? Reuse.FULL : Reuse.NONE,
        Billing.AT_ITS_END,
        null);
  }

  private record Asking(Thread thread, CompletableFuture<JsonNode> answer) {
    JsonNode get() throws Exception {
      return answer.get(60, TimeUnit.SECONDS);
    }
  }

  private Asking asking(ModelRequest request) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    answer.complete(embeddings.ask(request));
                  } catch (InterruptedException | RuntimeException e) {
                    answer.completeExceptionally(e);
                  }
                });
    return new Asking(thread, answer);
  }

  private Asking calling(ModelRequest request) {
    int before = calls.get();
    Asking asking = asking(request);
    await().atMost(Duration.ofSeconds(60)).until(() -> calls.get() == before + 1);
    return asking;
  }

  private Asking joining(ModelRequest request) {
    double before = joined();
    Asking asking = asking(request);
    await().atMost(Duration.ofSeconds(60)).until(() -> joined() == before + 1);
    return asking;
  }

  private double joined() {
    return registry.counter(MetricNames.MODEL_REQUESTS_COLLAPSED).count();
  }

  @Test
  void identical_ones_under_way_share_a_call() throws Exception {
    // Given
    Asking first = calling(request(ALICE, "a", true));
    Asking second = joining(request(ALICE, "a", true));
    JsonNode vector = vector();

    // When
    outcomes.add(vector);

    // Then
    assertThat(first.get()).isSameAs(vector);
    assertThat(second.get()).isSameAs(vector);
    assertThat(calls).hasValue(1);
  }

  @Test
  void what_has_ended_is_asked_anew() throws Exception {
    // Given
    outcomes.add(vector());
    embeddings.ask(request(ALICE, "a", true));

    // When
    outcomes.add(vector());
    embeddings.ask(request(ALICE, "a", true));

    // Then
    assertThat(calls).hasValue(2);
  }

  @Test
  void other_owners_other_texts_and_who_wants_it_anew_are_asked_for_apart() throws Exception {
    // When
    Asking first = calling(request(ALICE, "a", true));
    Asking ofBob = calling(request(BOB, "a", true));
    Asking other = calling(request(ALICE, "b", true));
    Asking anew = calling(request(ALICE, "a", false));
    for (int i = 0; i < 4; i++) {
      outcomes.add(vector());
    }

    // Then
    for (Asking each : new Asking[] {first, ofBob, other, anew}) {
      each.get();
    }
    assertThat(joined()).isZero();
  }

  @Test
  void the_next_one_calls_when_the_first_leaves() throws Exception {
    // Given
    Asking first = calling(request(ALICE, "a", true));
    Asking second = joining(request(ALICE, "a", true));

    // When
    first.thread().interrupt();
    assertThatThrownBy(first::get).hasRootCauseInstanceOf(InterruptedException.class);
    outcomes.add(vector());

    // Then
    assertThat(second.get()).isNotNull();
    assertThat(calls).hasValue(2);
  }

  @Test
  void a_quota_that_is_used_up_is_that_of_one_key_and_the_next_one_asks_with_its_own()
      throws Exception {
    // Given
    Asking first = calling(request(ALICE, "a", true));
    Asking second = joining(request(ALICE, "a", true));

    // When
    outcomes.add(new ProblemException(ErrorCode.QUOTA_EXCEEDED, "used up"));
    outcomes.add(vector());

    // Then
    assertThatThrownBy(first::get).hasRootCauseMessage("used up");
    assertThat(second.get()).isNotNull();
    assertThat(calls).hasValue(2);
  }

  @Test
  void a_failure_reaches_all_who_wait_and_nobody_who_comes_later() throws Exception {
    // Given
    Asking first = calling(request(ALICE, "a", true));
    Asking second = joining(request(ALICE, "a", true));

    // When
    outcomes.add(new ProblemException(ErrorCode.MODEL_FAILED, "it broke"));

    // Then
    assertThatThrownBy(first::get).hasRootCauseMessage("it broke");
    assertThatThrownBy(second::get).hasRootCauseMessage("it broke");
    outcomes.add(vector());
    assertThat(embeddings.ask(request(ALICE, "a", true))).isNotNull();
    assertThat(calls).hasValue(2);
  }
}
