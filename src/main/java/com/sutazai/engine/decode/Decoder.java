package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Context;
import com.sutazai.engine.llama.ContextSize;
import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.LlamaException;
import com.sutazai.engine.llama.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loaded model that continues prompts. One thread loads it, computes and frees it; requests come
 * in through a bounded queue and are begun as sequences become free.
 */
public final class Decoder {
  /** Bytes for llama.cpp, which calls itself for each rule of a grammar that may be empty. */
  private static final long STACK = 8L << 20;

  private final Library library;
  private final Path file;
  private final Capacity asked;
  private final Inbox inbox;
  private final CompletableFuture<LoadedModel> loaded = new CompletableFuture<>();
  private final AtomicInteger running = new AtomicInteger();
  private final StepWatch watch = new StepWatch();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private Decoder(Library library, Path file, Capacity asked) {
    this.library = library;
    this.file = file;
    this.asked = asked;
    inbox = new Inbox(asked.waiting());
  }

  /** Begins to load a model. */
  public static Decoder start(Library library, Path file, Capacity capacity) {
    var decoder = new Decoder(library, file, capacity);
    Thread.ofPlatform()
        .name("engine-" + file.getFileName())
        .daemon()
        .stackSize(STACK)
        .start(decoder::run);
    return decoder;
  }

  /** Done when the model is loaded, or with the failure. */
  public CompletableFuture<LoadedModel> loaded() {
    return loaded.copy();
  }

  /**
   * Takes a request in.
   *
   * @throws EngineException if it does not fit into the context, or too many wait already
   */
  public Ticket submit(AnswerRequest request, AnswerListener listener) {
    Admission.check(request, loaded.join());
    var ticket = new Ticket(request, listener);
    if (!inbox.offer(ticket)) {
      throw full();
    }
    return ticket;
  }

  /**
   * Takes texts in whose embeddings are wanted.
   *
   * @throws EngineException if one does not fit into the context, or too many requests wait already
   */
  public EmbeddingRequest embed(List<int[]> texts) {
    Admission.check(texts, loaded.join());
    var request = new EmbeddingRequest(texts);
    if (!inbox.offer(request)) {
      throw full();
    }
    return request;
  }

  private EngineException full() {
    if (ended.isDone()) {
      return new EngineException(Kind.FAILED, "the model was unloaded");
    }
    return new EngineException(
        Kind.BUSY, "server busy, please try again.  maximum pending requests exceeded");
  }

  /** Done when the thread has ended and the model is freed, whether that was asked for or not. */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Answers that are being made. */
  public int running() {
    return running.get();
  }

  /** Requests that wait for a sequence. */
  public int waiting() {
    return inbox.size();
  }

  /** How often the step at hand was looked at before; loading is no step. */
  public int look() {
    return watch.look();
  }

  /** Ends the thread and frees the model; requests that are not answered yet fail. */
  public void stop() {
    inbox.close();
  }

  private void run() {
    try (Model model = Model.load(library, file)) {
      Capacity capacity = asked.within(model.trainedContext());
      int tokens = capacity.sequences() * capacity.context();
      var size =
          new ContextSize(
              tokens, capacity.batch(), capacity.sequences(), capacity.threads(), false);
      try (Context context = new Context(model, size);
          EmbeddingSteps embeddings = new EmbeddingSteps(model, capacity)) {
        boolean shared = library.build().sharesRoom();
        int retained = shared ? capacity.context() : tokens;
        var sequences = new Sequences(context, capacity.sequences(), retained);
        Optional<Padding> padding =
            shared ? Optional.empty() : Optional.of(new Padding(sequences, capacity.context()));
        loaded.complete(
            new LoadedModel(
                model,
                capacity.context(),
                bytes(model, tokens),
                capacity.context() * model.bytesPerToken()));
        try (var steps = new Steps(context, capacity, padding)) {
          new Workbench(
                  model, capacity.context(), sequences, steps, embeddings, inbox, running, watch)
              .work();
        }
      }
    } catch (LlamaException e) {
      loaded.completeExceptionally(new EngineException(Kind.UNRUNNABLE_MODEL, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!loaded.completeExceptionally(e)) {
        e.printStackTrace();
      }
    } finally {
      inbox.close();
      refuseWaiting();
      ended.complete(null);
    }
  }

  private static long bytes(Model model, int tokens) {
    return model.weightBytes() + tokens * model.bytesPerToken();
  }

  private void refuseWaiting() {
    var failure = new EngineException(Kind.FAILED, "the model was unloaded");
    for (Ticket each = inbox.pollAnswer(); each != null; each = inbox.pollAnswer()) {
      each.listener().failed(failure);
    }
    for (var each = inbox.pollEmbedding(); each != null; each = inbox.pollEmbedding()) {
      each.fail(failure);
    }
  }
}
