package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.EmbeddingWindow.Bounds;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Windows here are so long that only a full one ends; what never gets full ends by its window. */
class EmbeddingWindowTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Caller ALICE = new Caller(UUID.randomUUID(), "alice", false);
  private static final Caller BOB = new Caller(UUID.randomUUID(), "bob", false);

  private final List<ModelRequest> asked = new CopyOnWriteArrayList<>();

  /** Answers with the length of each text, and refuses a list in which one is bad. */
  private JsonNode answer(ModelRequest request) {
    asked.add(request);
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("model", "m");
    List<String> texts = texts(request);
    if (texts.contains("bad")) {
      throw new ProblemException(ErrorCode.MODEL_REFUSED, "A text is bad");
    }
    var vectors = answer.putArray("embeddings");
    texts.forEach(text -> vectors.addArray().add(text.length()));
    return answer.put("prompt_eval_count", 3);
  }

  private static List<String> texts(ModelRequest request) {
    JsonNode input = request.body().path("input");
    return input.isTextual()
        ? List.of(input.textValue())
        : input.valueStream().map(JsonNode::asText).toList();
  }

  private EmbeddingWindow window(Duration window, int texts) {
    return new EmbeddingWindow(new Bounds(window, texts, 1_000_000), this::answer);
  }

  private static ModelRequest request(Caller caller, String text) {
    return request(caller, JsonNodeFactory.instance.objectNode().put("input", text));
  }

  private static ModelRequest request(Caller caller, ObjectNode body) {
    return new ModelRequest(
        caller,
        Operation.EMBED,
        body,
        "m",
        Urgency.INTERACTIVE,
        Reuse.FULL,
        Billing.AT_ITS_END,
        null);
  }

  /** A caller on a thread of its own that waits for its answer. */
  private record Asking(Thread thread, CompletableFuture<JsonNode> answer) {
    static Asking of(EmbeddingWindow window, ModelRequest request) {
      CompletableFuture<JsonNode> answer = new CompletableFuture<>();
      Thread thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      answer.complete(window.ask(request));
                    } catch (InterruptedException | RuntimeException e) {
                      answer.completeExceptionally(e);
                    }
                  });
      return new Asking(thread, answer);
    }

    Asking waits() {
      await().atMost(Duration.ofSeconds(60)).until(() -> thread.getState() == Thread.State.WAITING);
      return this;
    }

    JsonNode get() throws Exception {
      return answer.get(60, TimeUnit.SECONDS);
    }
  }

  private static int first(JsonNode answer) {
    assertThat(answer.path("embeddings")).hasSize(1);
    return answer.path("embeddings").path(0).path(0).intValue();
  }

  @Test
  void two_within_the_window_are_one_list_and_each_gets_its_own() throws Exception {
    // Given
    EmbeddingWindow window = window(LONG, 2);
    Asking one = Asking.of(window, request(ALICE, "a")).waits();

    // When
    Asking two = Asking.of(window, request(ALICE, "bcd"));

    // Then
    assertThat(first(one.get())).isEqualTo(1);
    assertThat(first(two.get())).isEqualTo(3);
    assertThat(asked).hasSize(1);
    assertThat(texts(asked.getFirst())).containsExactly("a", "bcd");
    assertThat(one.get().has("prompt_eval_count")).isFalse();
    assertThat(one.get().path("model").textValue()).isEqualTo("m");
  }

  @Test
  void lists_are_taken_together_and_apart_again() throws Exception {
    // Given
    EmbeddingWindow window = window(LONG, 3);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("input").add("a").add("bc");
    Asking two = Asking.of(window, request(ALICE, body)).waits();

    // When
    Asking one = Asking.of(window, request(ALICE, "def"));

    // Then
    assertThat(first(one.get())).isEqualTo(3);
    assertThat(two.get().path("embeddings").toString()).isEqualTo("[[1],[2]]");
    assertThat(asked).hasSize(1);
  }

  @Test
  void one_without_company_is_sent_as_it_is() throws Exception {
    // Given
    ModelRequest request = request(ALICE, "a");

    // When
    JsonNode answer = window(SHORT, 2).ask(request);

    // Then
    assertThat(answer.path("prompt_eval_count").intValue()).isEqualTo(3);
    assertThat(asked).containsExactly(request);
  }

  @Test
  void without_a_window_each_is_sent_by_its_caller() throws Exception {
    // Given
    List<Thread> threads = new CopyOnWriteArrayList<>();
    EmbeddingWindow window =
        new EmbeddingWindow(
            new Bounds(Duration.ZERO, 32, 1_000_000),
            request -> {
              threads.add(Thread.currentThread());
              return answer(request);
            });

    // When
    window.ask(request(ALICE, "a"));
    window.ask(request(ALICE, "b"));

    // Then
    assertThat(threads).containsOnly(Thread.currentThread()).hasSize(2);
  }

  @Test
  void owners_and_options_are_never_mixed() throws Exception {
    // Given: windows that would be full with any two of them
    EmbeddingWindow window = window(Duration.ofMillis(300), 2);
    ObjectNode other = JsonNodeFactory.instance.objectNode().put("input", "d");
    other.put("dimensions", 3);

    // When
    List<Asking> all =
        List.of(
            Asking.of(window, request(ALICE, "a")),
            Asking.of(window, request(BOB, "b")),
            Asking.of(window, request(ALICE, other)));
    for (Asking each : all) {
      each.get();
    }

    // Then
    assertThat(asked).hasSize(3).allSatisfy(each -> assertThat(texts(each)).hasSize(1));
  }

  @Test
  void a_bad_text_fails_alone() throws Exception {
    // Given
    EmbeddingWindow window = window(LONG, 3);
    Asking good = Asking.of(window, request(ALICE, "a")).waits();
    Asking bad = Asking.of(window, request(ALICE, "bad")).waits();

    // When
    Asking other = Asking.of(window, request(ALICE, "bc"));

    // Then
    assertThat(first(good.get())).isEqualTo(1);
    assertThat(first(other.get())).isEqualTo(2);
    assertThatThrownBy(bad::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("A text is bad");
    assertThat(asked).hasSize(4);
  }

  @Test
  void what_would_fail_alone_too_is_told_to_all_at_once() throws Exception {
    // Given
    EmbeddingWindow window =
        new EmbeddingWindow(
            new Bounds(LONG, 2, 1_000_000),
            request -> {
              asked.add(request);
              throw new ProblemException(ErrorCode.MODEL_BUSY, "Too much waits");
            });
    Asking one = Asking.of(window, request(ALICE, "a")).waits();

    // When
    Asking two = Asking.of(window, request(ALICE, "b"));

    // Then
    assertThatThrownBy(one::get).hasRootCauseMessage("Too much waits");
    assertThatThrownBy(two::get).hasRootCauseMessage("Too much waits");
    assertThat(asked).hasSize(1);
  }

  @Test
  void who_leaves_before_it_is_sent_is_left_out() throws Exception {
    // Given
    EmbeddingWindow window = window(LONG, 3);
    Asking one = Asking.of(window, request(ALICE, "a")).waits();
    Asking leaving = Asking.of(window, request(ALICE, "leaving")).waits();

    // When
    leaving.thread().interrupt();
    assertThatThrownBy(leaving::get).hasRootCauseInstanceOf(InterruptedException.class);
    Asking two = Asking.of(window, request(ALICE, "bc")).waits();
    Asking three = Asking.of(window, request(ALICE, "def"));

    // Then
    assertThat(List.of(first(one.get()), first(two.get()), first(three.get())))
        .containsExactly(1, 2, 3);
    assertThat(asked).hasSize(1);
    assertThat(texts(asked.getFirst())).containsExactly("a", "bc", "def");
  }

  @Test
  void the_call_goes_on_while_somebody_waits_and_ends_with_the_last() throws Exception {
    // Given
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    EmbeddingWindow window =
        new EmbeddingWindow(
            new Bounds(LONG, 2, 1_000_000),
            request -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                ended.countDown();
                throw e;
              }
              return answer(request);
            });
    Asking one = Asking.of(window, request(ALICE, "a")).waits();
    Asking two = Asking.of(window, request(ALICE, "b"));
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

    // When, then
    one.thread().interrupt();
    assertThatThrownBy(one::get).hasRootCauseInstanceOf(InterruptedException.class);
    assertThat(ended.getCount()).isEqualTo(1);
    two.thread().interrupt();
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_answer_of_another_length_is_nobodys() throws Exception {
    // Given
    EmbeddingWindow window =
        new EmbeddingWindow(
            new Bounds(LONG, 2, 1_000_000),
            request -> {
              JsonNode answer = answer(request);
              if (asked.size() == 1) {
                ((ObjectNode) answer).putArray("embeddings").addArray().add(99);
              }
              return answer;
            });
    Asking one = Asking.of(window, request(ALICE, "a")).waits();

    // When
    Asking two = Asking.of(window, request(ALICE, "bc"));

    // Then
    assertThat(first(one.get())).isEqualTo(1);
    assertThat(first(two.get())).isEqualTo(2);
    assertThat(asked).hasSize(3);
  }

  @Test
  void more_tokens_than_may_wait_are_not_sent_together() throws Exception {
    // Given: two of them are more than may wait
    EmbeddingWindow window = new EmbeddingWindow(new Bounds(SHORT, 32, 600), this::answer);
    Asking one = Asking.of(window, request(ALICE, "x".repeat(400)));

    // When
    Asking two = Asking.of(window, request(ALICE, "y".repeat(401)));

    // Then
    assertThat(first(one.get())).isEqualTo(400);
    assertThat(first(two.get())).isEqualTo(401);
    assertThat(asked).hasSize(2);
  }

  @Test
  void what_is_no_plain_text_is_sent_alone() throws Exception {
    // Given
    EmbeddingWindow window = window(LONG, 32);
    ObjectNode numbers = JsonNodeFactory.instance.objectNode();
    numbers.putArray("input").add(1).add(2);

    // When
    window.ask(request(ALICE, ""));
    window.ask(request(ALICE, JsonNodeFactory.instance.objectNode()));
    window.ask(request(ALICE, numbers));

    // Then
    assertThat(asked).hasSize(3);
  }

  @Test
  void bounds_without_sense_are_told_at_the_start() {
    assertThatThrownBy(() -> EmbeddingWindow.requireSense(new Bounds(Duration.ofMillis(11), 32, 1)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.inference.embedding-window must be from 0 to 10ms, is 11ms");
    assertThatThrownBy(() -> EmbeddingWindow.requireSense(new Bounds(Duration.ZERO, 1, 1)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.inference.embedding-batch");
    assertThatCode(() -> EmbeddingWindow.requireSense(new Bounds(Duration.ofMillis(10), 2, 1)))
        .doesNotThrowAnyException();
  }
}
