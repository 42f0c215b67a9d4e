package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The answers to a {@link PromptList} as one, whose choices come as they are made. A prompt that
 * fails fails the whole, because an error has no place among choices: in a stream after the other
 * answers, else at once.
 */
final class ListedGeneration implements Generation {
  /** Pieces that wait here for the reader. */
  private static final int AHEAD = 64;

  private final List<ModelRequest> prompts;
  private final Opener opener;
  private final boolean streams;
  private final List<Thread> asking;
  private final AtomicInteger next = new AtomicInteger();
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(AHEAD);
  private final long came = System.nanoTime();
  private final Deque<Chunk> ready = new ArrayDeque<>();
  private @Nullable ObjectNode frame;
  private @Nullable ProblemException failure;
  private @Nullable Usage usage;
  private String model = "";
  private long firstAt;
  private int over;
  private boolean ended;

  /** Asks for the answer to one prompt. */
  interface Opener {
    Generation open(ModelRequest request) throws InterruptedException;
  }

  private sealed interface Event {
    record Piece(int choice, Chunk chunk) implements Event {}

    record Over(String model, @Nullable Usage usage) implements Event {}

    record Failed(ProblemException failure) implements Event {}

    /** What no server did. */
    record Broken(RuntimeException failure) implements Event {}
  }

  /**
   * @param atOnce how many of the prompts are asked at once; the others wait here
   * @param streams whether the caller passes on what comes before the end
   */
  ListedGeneration(ModelRequest request, Opener opener, int atOnce, boolean streams) {
    prompts = PromptList.split(request);
    this.opener = opener;
    this.streams = streams;
    asking =
        IntStream.range(0, Math.min(atOnce, prompts.size()))
            .mapToObj(i -> Thread.ofVirtual().name("prompt-" + i).unstarted(this::ask))
            .toList();
  }

  /** Waits for the first text: what fails until then is an ordinary error. */
  ListedGeneration open() throws InterruptedException {
    asking.forEach(Thread::start);
    boolean opened = false;
    try {
      Chunk piece;
      do {
        piece = read(HEARTBEAT);
        if (piece != null && piece != NOTHING_YET) {
          ready.add(piece);
        }
      } while (piece != null && !piece.content());
      opened = true;
      return this;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private void ask() {
    try {
      for (int i = next.getAndIncrement(); i < prompts.size(); i = next.getAndIncrement()) {
        events.put(answer(i));
      }
    } catch (InterruptedException e) {
      // nobody reads any more
    }
  }

  private Event answer(int place) throws InterruptedException {
    ModelRequest prompt = prompts.get(place);
    try (Generation generation = opener.open(prompt)) {
      int choice = place * PromptList.choices(prompt);
      for (Chunk each = generation.next(); each != null; each = generation.next()) {
        events.put(new Event.Piece(choice, each));
      }
      return new Event.Over(generation.model(), generation.usage());
    } catch (ProblemException e) {
      return new Event.Failed(named(place, e));
    } catch (RuntimeException e) {
      return new Event.Broken(e);
    }
  }

  private static ProblemException named(int place, ProblemException failure) {
    ProblemException named =
        new ProblemException(failure.code(), "prompt[" + place + "]: " + failure.detail());
    Duration wait = failure.retryAfter();
    return wait == null ? named : named.retryAfter(wait);
  }

  @Override
  public @Nullable Chunk next(Duration patience) throws InterruptedException {
    return ready.isEmpty() ? read(patience) : ready.removeFirst();
  }

  private @Nullable Chunk read(Duration patience) throws InterruptedException {
    while (!ended) {
      if (over == prompts.size()) {
        return end();
      }
      Event event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (event == null) {
        return NOTHING_YET;
      }
      Chunk piece = take(event);
      if (piece != null) {
        return piece;
      }
    }
    return null;
  }

  /** Null where nothing of it is told. */
  private @Nullable Chunk take(Event event) {
    switch (event) {
      case Event.Piece(int choice, Chunk chunk) -> {
        return chunk.json().path("choices").isEmpty() ? null : piece(choice, chunk);
      }
      case Event.Over(String answered, @Nullable Usage used) -> {
        over++;
        model = answered;
        usage = sum(usage, used);
      }
      case Event.Failed(ProblemException failed) -> {
        over++;
        failure = failure == null ? failed : failure;
        if (!streams) {
          throw failed;
        }
      }
      case Event.Broken(RuntimeException failed) -> throw failed;
    }
    return null;
  }

  private Chunk piece(int choice, Chunk chunk) {
    if (firstAt == 0 && chunk.content()) {
      firstAt = System.nanoTime();
    }
    ObjectNode piece = JsonNodeFactory.instance.objectNode();
    piece.setAll(chunk.json());
    piece.remove("usage"); // of this prompt alone
    if (frame == null) {
      frame = piece.deepCopy();
      frame.putArray("choices");
    }
    if (frame.has("id")) {
      piece.set("id", frame.get("id"));
    }
    ArrayNode choices = piece.putArray("choices");
    for (JsonNode each : chunk.json().path("choices")) {
      ObjectNode moved = choices.addObject();
      each.properties().forEach(field -> moved.set(field.getKey(), field.getValue()));
      moved.put("index", choice + each.path("index").asInt(0));
    }
    return new Chunk(piece, chunk.content(), false, null);
  }

  private static @Nullable Usage sum(@Nullable Usage one, @Nullable Usage other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return new Usage(
        one.promptTokens() + other.promptTokens(),
        one.completionTokens() + other.completionTokens(),
        one.totalTokens() + other.totalTokens());
  }

  /** What all of them took, as a server tells it behind its last choice. */
  private @Nullable Chunk end() {
    ended = true;
    if (failure != null) {
      throw failure;
    }
    ObjectNode last = frame;
    if (usage == null || last == null) {
      return null;
    }
    last.putObject("usage")
        .put("prompt_tokens", usage.promptTokens())
        .put("completion_tokens", usage.completionTokens())
        .put("total_tokens", usage.totalTokens());
    return new Chunk(last, false, false, usage);
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public Timings timings() {
    @Nullable Double toFirst = firstAt == 0 ? null : Answer.milliseconds(firstAt - came);
    return new Timings(0, toFirst, Answer.milliseconds(System.nanoTime() - came));
  }

  @Override
  public @Nullable Usage usage() {
    return usage;
  }

  @Override
  public void close() {
    asking.reversed().forEach(Thread::interrupt); // first those who wait for a slot
  }
}
