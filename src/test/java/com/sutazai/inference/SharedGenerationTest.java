package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.SharedGenerations.Key;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.metric.MetricNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedGenerationTest {
  private static final Key KEY = new Key(UUID.randomUUID(), "the same");
  private static final Chunk END = chunk("");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SharedGenerations shared = new SharedGenerations(registry);
  private final Answering answering = new Answering();
  private final AtomicInteger opened = new AtomicInteger();

  /** An answer whose pieces the test hands out. */
  private static final class Answering implements Generation {
    private final BlockingQueue<Object> pieces = new LinkedBlockingQueue<>();
    private boolean closed;

    void say(String... texts) {
      for (String text : texts) {
        pieces.add(chunk(text));
      }
    }

    @Override
    public @Nullable Chunk next(Duration patience) throws InterruptedException {
      Object piece = pieces.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      return switch (piece) {
        case null -> NOTHING_YET;
        case ProblemException failure -> throw failure;
        case Chunk chunk -> chunk == END ? null : chunk;
        default -> throw new IllegalStateException();
      };
    }

    @Override
    public String model() {
      return "tinyllama";
    }

    @Override
    public Answer.Timings timings() {
      return new Answer.Timings(0, null, 1);
    }

    @Override
    public @Nullable Usage usage() {
      return null;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static Chunk chunk(String text) {
    return new Chunk(
        JsonNodeFactory.instance.objectNode().put("response", text), true, false, null);
  }

  private Generation join() throws InterruptedException {
    return shared.join(
        KEY,
        true,
        streamed -> {
          opened.incrementAndGet();
          return answering;
        });
  }

  private static List<String> rest(Generation generation) throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (Chunk chunk = generation.next(); chunk != null; chunk = generation.next()) {
      texts.add(Prompt.text(chunk));
    }
    return texts;
  }

  @Test
  void who_comes_later_gets_what_came_so_far() throws Exception {
    // Given
    answering.say("a", "b");
    Generation first = join();
    first.next();
    first.next();

    // When
    Generation second = join();
    answering.say("c");
    answering.pieces.add(END);

    // Then
    assertThat(rest(second)).containsExactly("a", "b", "c");
    assertThat(rest(first)).containsExactly("c");
    assertThat(opened).hasValue(1);
    assertThat(first.origin()).isEqualTo(new Origin.Asked(false));
    assertThat(second.origin()).isEqualTo(new Origin.Joined());
  }

  @Test
  void the_call_ends_when_the_last_one_leaves() throws Exception {
    // Given
    answering.say("a");
    Generation first = join();
    Generation second = join();

    // When, then
    first.close();
    first.close();
    assertThat(answering.closed).isFalse();
    second.close();
    assertThat(answering.closed).isTrue();
    join();
    assertThat(opened).hasValue(2);
  }

  @Test
  void an_ended_answer_is_not_joined() throws Exception {
    // Given
    answering.pieces.add(END);
    Generation first = join();
    assertThat(rest(first)).isEmpty();

    // When
    answering.pieces.add(END);
    rest(join());

    // Then
    assertThat(opened).hasValue(2);
  }

  @Test
  void a_failure_reaches_all_who_read_and_nobody_who_comes_later() throws Exception {
    // Given
    answering.say("a");
    Generation first = join();
    Generation second = join();
    first.next();
    answering.pieces.add(new ProblemException(ErrorCode.MODEL_FAILED, "it broke"));

    // When, then
    assertThatThrownBy(first::next).hasMessage("it broke");
    assertThat(Prompt.text(java.util.Objects.requireNonNull(second.next()))).isEqualTo("a");
    assertThatThrownBy(second::next).hasMessage("it broke");
    join();
    assertThat(opened).hasValue(2);
  }

  @Test
  void a_slow_reader_is_cut_off_and_the_others_go_on() throws Exception {
    // Given
    Generation fast = join();
    Generation slow = join();
    String much = "x".repeat(600_000);
    answering.say("a", much, much, "b");
    answering.pieces.add(END);
    slow.next();

    // When
    List<String> all = rest(fast);

    // Then
    assertThat(all).containsExactly("a", much, much, "b");
    assertThatThrownBy(() -> rest(slow)).hasMessageContaining("read too slowly");
  }

  @Test
  void another_one_opens_the_call_when_the_first_leaves_before_it_was() throws Exception {
    // Given
    CompletableFuture<Boolean> opening = new CompletableFuture<>();
    SharedGeneration.Opener opener =
        streamed -> {
          if (opened.incrementAndGet() == 1) {
            opening.complete(true);
            Thread.sleep(Duration.ofMinutes(1));
          }
          return answering;
        };
    AtomicInteger got = new AtomicInteger();
    Thread first = reading(opener, got);
    opening.get(60, TimeUnit.SECONDS);
    Thread second = reading(opener, got);

    // When
    first.interrupt();
    answering.say("a", "b");
    answering.pieces.add(END);

    // Then
    assertThat(first.join(Duration.ofSeconds(60))).isTrue();
    assertThat(second.join(Duration.ofSeconds(60))).isTrue();
    assertThat(got).hasValue(2);
    assertThat(opened).hasValue(2);
  }

  @Test
  void a_quota_that_is_used_up_is_that_of_one_key_and_the_next_one_opens_the_call_with_its_own()
      throws Exception {
    // Given: two keys of one owner, the first one without tokens left
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    CompletableFuture<Generation> first =
        joining(
            streamed -> {
              opening.countDown();
              mayFail.await();
              throw new ProblemException(ErrorCode.QUOTA_EXCEEDED, "used up");
            });
    opening.await();
    CompletableFuture<Generation> second =
        joining(
            streamed -> {
              opened.incrementAndGet();
              return answering;
            });
    await().atMost(Duration.ofSeconds(60)).until(() -> joined() == 1);

    // When
    mayFail.countDown();

    // Then
    assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS)).hasRootCauseMessage("used up");
    answering.say("a");
    answering.pieces.add(END);
    Generation answer = second.get(60, TimeUnit.SECONDS);
    assertThat(rest(answer)).containsExactly("a");
    assertThat(answer.origin()).isEqualTo(new Origin.Asked(false));
    assertThat(opened).hasValue(1);
  }

  private CompletableFuture<Generation> joining(SharedGeneration.Opener opener) {
    CompletableFuture<Generation> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                answer.complete(shared.join(KEY, true, opener));
              } catch (InterruptedException | RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  private double joined() {
    return registry.counter(MetricNames.MODEL_REQUESTS_COLLAPSED).count();
  }

  @Test
  void who_comes_while_the_answer_ends_gets_all_of_it() throws Exception {
    // Given: one that ends in the moment in which somebody joins it
    AtomicReference<Runnable> whileJoining = new AtomicReference<>(() -> {});
    SharedGenerations all = new SharedGenerations(counting(whileJoining));
    answering.say("a");
    Generation first = all.join(KEY, true, streamed -> answering);
    whileJoining.set(
        () -> {
          answering.pieces.add(END);
          assertThat(readAll(first)).containsExactly("a");
        });

    // When
    Generation second = all.join(KEY, true, streamed -> answering);

    // Then
    assertThat(rest(second)).containsExactly("a");
  }

  private static SimpleMeterRegistry counting(AtomicReference<Runnable> whileCounting) {
    return new SimpleMeterRegistry() {
      @Override
      protected Counter newCounter(Meter.Id id) {
        return new CumulativeCounter(id) {
          @Override
          public void increment(double amount) {
            Objects.requireNonNull(whileCounting.get()).run();
          }
        };
      }
    };
  }

  private static List<String> readAll(Generation generation) {
    try {
      return rest(generation);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_call_that_was_opened_while_the_last_one_leaves_ends_too() throws Exception {
    // Given: the second one gives up while the first opens the call, and is slow to leave
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch mayOpen = new CountDownLatch(1);
    CountDownLatch leaving = new CountDownLatch(1);
    CountDownLatch mayLeave = new CountDownLatch(1);
    AtomicReference<Thread> slow = new AtomicReference<>();
    SharedGenerations all =
        new SharedGenerations(new SimpleMeterRegistry()) {
          @Override
          boolean left(SharedGeneration generation, SharedGeneration.Reader reader) {
            if (Thread.currentThread() == slow.get()) {
              leaving.countDown();
              awaitUninterruptibly(mayLeave);
            }
            return super.left(generation, reader);
          }
        };
    SharedGeneration.Opener opener =
        streamed -> {
          opening.countDown();
          mayOpen.await();
          return answering;
        };
    Thread first = Thread.ofVirtual().start(() -> openAndClose(all, opener));
    opening.await();
    Thread second = Thread.ofVirtual().unstarted(() -> openAndClose(all, opener));
    slow.set(second);
    second.start();

    // When
    second.interrupt();
    leaving.await();
    mayOpen.countDown();
    assertThat(first.join(Duration.ofSeconds(60))).isTrue();
    mayLeave.countDown();
    assertThat(second.join(Duration.ofSeconds(60))).isTrue();

    // Then
    assertThat(answering.closed).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void openAndClose(SharedGenerations all, SharedGeneration.Opener opener) {
    try {
      all.join(KEY, true, opener).close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread reading(SharedGeneration.Opener opener, AtomicInteger pieces) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                pieces.addAndGet(rest(shared.join(KEY, true, opener)).size());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
