package com.sutazai.engine.server;

import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.decode.Capacity;
import com.sutazai.engine.decode.Decoder;
import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.decode.LoadedModel;
import com.sutazai.engine.llama.Library;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * The models in memory. One is loaded when it is first asked for and freed some time after its last
 * use, or earlier when another needs its place: the one that was used least lately first. When
 * another file has taken a model's place, that one is loaded, and requests of before finish with
 * theirs. Belongs to the event loop.
 */
final class Residents {
  private final Library library;
  private final ModelFiles files;
  private final EngineOptions options;
  private final Vertx vertx;
  private final Context loop;
  private final InstantSource clock;
  private final MemoryBudget budget;
  private final Map<Path, Resident> residents = new LinkedHashMap<>();

  /** At work, and their files are others now, or gone. */
  private final Set<Resident> replaced = new HashSet<>();

  /** Those whose threads have not ended, whether or not their models are still asked for. */
  private final Set<Decoder> working = new HashSet<>();

  private long turns;

  Residents(
      Library library,
      ModelFiles files,
      EngineOptions options,
      Vertx vertx,
      Context loop,
      InstantSource clock) {
    this.library = library;
    this.files = files;
    this.options = options;
    this.vertx = vertx;
    this.loop = loop;
    this.clock = clock;
    budget = new MemoryBudget(options.memory());
  }

  List<Resident> all() {
    return List.copyOf(residents.values());
  }

  /**
   * A model for one request, which gives it back with {@link #giveBack}. The result comes on the
   * event loop.
   *
   * @param keepAlive how long the request wants it to stay afterwards
   */
  CompletableFuture<Resident> take(String name, Duration keepAlive) {
    Path file = file(name);
    retireOutdated(file);
    Resident resident = residents.get(file);
    if (resident == null) {
      resident = load(name, file);
    }
    resident.uses++;
    resident.turn = ++turns;
    resident.keepAlive = keepAlive;
    resident.expiresAt = null;
    cancelTimer(resident);
    return whenLoaded(resident);
  }

  private Path file(String name) {
    return files
        .find(name)
        .orElseThrow(
            () -> new EngineException(Kind.UNKNOWN_MODEL, "model '" + name + "' not found"));
  }

  private void retireOutdated(Path file) {
    Resident resident = residents.get(file);
    if (resident != null && !resident.state.equals(FileState.of(file))) {
      retire(resident);
    }
  }

  /** Answers to nobody any more; one that is at work is freed when that is done. */
  private void retire(Resident resident) {
    if (resident.idle()) {
      unload(resident);
    } else {
      residents.remove(resident.file, resident);
      replaced.add(resident);
    }
  }

  /** Frees the models whose files are gone, those at work as soon as that is done. */
  void retireDeleted() {
    all().stream().filter(each -> Files.notExists(each.file)).forEach(this::retire);
  }

  private CompletableFuture<Resident> whenLoaded(Resident resident) {
    CompletableFuture<Resident> result = new CompletableFuture<>();
    resident.loaded.whenComplete(
        (model, failure) ->
            loop.runOnContext(
                nothing -> {
                  if (failure == null) {
                    admit(resident, model)
                        .ifPresentOrElse(
                            result::completeExceptionally, () -> result.complete(resident));
                  } else {
                    forget(resident);
                    result.completeExceptionally(failure);
                  }
                }));
    return result;
  }

  private Resident load(String name, Path file) {
    FileState state = FileState.of(file);
    makeRoom(state.size(), name);
    var capacity =
        new Capacity(
            options.sequences(), options.context(), options.usedThreads(), options.waiting());
    var resident = new Resident(name, file, state, Decoder.start(library, file, capacity));
    residents.put(file, resident);
    working.add(resident.decoder);
    resident.decoder.ended().thenRun(() -> loop.runOnContext(nothing -> ended(resident)));
    return resident;
  }

  private void ended(Resident resident) {
    working.remove(resident.decoder);
    forget(resident);
  }

  /** How often the step that stands still longest was looked at before. */
  int look() {
    return working.stream().mapToInt(Decoder::look).max().orElse(0);
  }

  private void makeRoom(long bytes, String name) {
    budget.check(name, bytes);
    budget.surplus(inMemory(), bytes).forEach(this::unload);
    if (!budget.holds(inMemory(), bytes)) {
      throw busy(name);
    }
  }

  private static EngineException busy(String name) {
    return new EngineException(
        Kind.BUSY, "other models are at work in the memory that model '" + name + "' needs");
  }

  private List<Resident> inMemory() {
    return Stream.concat(residents.values().stream(), replaced.stream()).toList();
  }

  /**
   * Keeps a model that is within the limit now that its context is there too, for which idle ones
   * make place; what is told to its callers else.
   */
  private Optional<EngineException> admit(Resident resident, LoadedModel model) {
    if (resident.admitted) {
      return Optional.empty();
    }
    resident.bytes = model.bytes();
    if (!budget.holds(List.of(resident), 0)) {
      unload(resident);
      return Optional.of(budget.tooLarge(resident.name, resident.bytes));
    }
    budget.surplus(inMemory(), 0).forEach(this::unload);
    if (!inMemory().contains(resident) || !budget.holds(inMemory(), 0)) {
      unload(resident);
      return Optional.of(busy(resident.name));
    }
    resident.admitted = true;
    return Optional.empty();
  }

  /**
   * A model computes embeddings, which have a context of their own: idle ones make place for it.
   */
  void embeds(Resident resident) {
    if (!resident.embeds) {
      resident.embeds = true;
      resident.bytes += resident.model().embeddingBytes();
      budget.surplus(inMemory(), 0).forEach(this::unload);
    }
  }

  /** Ends a request's use of a model, which stays for so long if nobody else asks for it. */
  void giveBack(Resident resident, Duration keepAlive) {
    resident.uses--;
    resident.turn = ++turns;
    if (resident.uses > 0 || !inMemory().contains(resident)) {
      return;
    }
    if (keepAlive.isZero() || replaced.contains(resident)) {
      unload(resident);
      return;
    }
    resident.expiresAt = clock.instant().plus(keepAlive);
    cancelTimer(resident);
    if (!keepAlive.equals(KeepAlive.FOREVER)) {
      long millis = Math.max(1, keepAlive.toMillis());
      resident.timer = OptionalLong.of(vertx.setTimer(millis, timer -> unload(resident)));
    }
  }

  private void cancelTimer(Resident resident) {
    resident.timer.ifPresent(vertx::cancelTimer);
    resident.timer = OptionalLong.empty();
  }

  /** Frees a model that is asked for no more; one that is at work goes on, and is kept. */
  void dismiss(String name) {
    Resident resident = residents.get(file(name));
    if (resident != null && resident.idle()) {
      unload(resident);
    }
  }

  private void unload(Resident resident) {
    forget(resident);
    resident.decoder.stop();
  }

  private void forget(Resident resident) {
    cancelTimer(resident);
    residents.remove(resident.file, resident);
    replaced.remove(resident);
  }
}
