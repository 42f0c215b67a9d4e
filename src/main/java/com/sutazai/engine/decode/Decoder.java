package com.sutazai.engine.decode;

import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Context;
import com.sutazai.engine.llama.ContextSize;
import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.LlamaException;
import com.sutazai.engine.llama.Model;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A loaded model that continues prompts. One thread loads it, computes and frees it; requests come
 * in through a bounded queue and are begun as sequences become free.
 */
public final class Decoder {
  private final Library library;
  private final Path file;
  private final Capacity asked;
  private final Inbox<Ticket> inbox;
  private final CompletableFuture<LoadedModel> loaded = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private Decoder(Library library, Path file, Capacity asked) {
    this.library = library;
    this.file = file;
    this.asked = asked;
    inbox = new Inbox<>(asked.waiting());
  }

  /** Begins to load a model. */
  public static Decoder start(Library library, Path file, Capacity capacity) {
    var decoder = new Decoder(library, file, capacity);
    Thread.ofPlatform().name("engine-" + file.getFileName()).daemon().start(decoder::run);
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
    int context = loaded.join().context();
    if (request.prompt().length == 0) {
      throw new EngineException(Kind.REFUSED, "the prompt has no tokens");
    }
    if (request.prompt().length >= context) {
      throw new EngineException(
          Kind.REFUSED,
          "the prompt has "
              + request.prompt().length
              + " tokens, and the engine's context has "
              + context
              + ": shorten the prompt, or let the engine have a larger context");
    }
    var ticket = new Ticket(request, listener);
    if (!inbox.offer(ticket)) {
      throw new EngineException(
          Kind.BUSY, "server busy, please try again.  maximum pending requests exceeded");
    }
    return ticket;
  }

  /** Ends the thread and frees the model; requests that are not answered yet fail. */
  public CompletableFuture<Void> stop() {
    inbox.close();
    return ended.copy();
  }

  private void run() {
    try (Model model = Model.load(library, file)) {
      Capacity capacity = asked.within(model.trainedContext());
      int tokens = capacity.sequences() * capacity.context();
      var size =
          new ContextSize(
              tokens, capacity.batch(), capacity.sequences(), capacity.threads(), false);
      try (Context context = new Context(model, size);
          Steps steps = new Steps(context, capacity.batch())) {
        var sequences = new Sequences(context, capacity.sequences(), capacity.context());
        loaded.complete(new LoadedModel(model, capacity.context(), bytes(model, tokens)));
        new Workbench(model, capacity.context(), sequences, steps, inbox).work();
      }
    } catch (LlamaException e) {
      loaded.completeExceptionally(new EngineException(Kind.FAILED, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      loaded.completeExceptionally(e);
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
    for (Ticket each = inbox.poll(); each != null; each = inbox.poll()) {
      each.listener().failed(new EngineException(Kind.FAILED, "the model was unloaded"));
    }
  }
}
