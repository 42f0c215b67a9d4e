package com.sutazai.engine.server;

import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.decode.Capacity;
import com.sutazai.engine.decode.Decoder;
import com.sutazai.engine.decode.EngineException;
import com.sutazai.engine.decode.EngineException.Kind;
import com.sutazai.engine.llama.Library;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The models in memory. One is loaded when it is first asked for and freed some time after its last
 * use, or earlier when another needs its place: the one that was used least lately first. Belongs
 * to the event loop.
 */
final class Residents {
  private final Library library;
  private final ModelFiles files;
  private final EngineOptions options;
  private final Vertx vertx;
  private final Context loop;
  private final InstantSource clock;
  private final Map<Path, Resident> residents = new LinkedHashMap<>();
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
  }

  List<Resident> all() {
    return List.copyOf(residents.values());
  }

  /**
   * A model for one request, which gives it back with {@link #giveBack}. The result comes on the
   * event loop.
   */
  CompletableFuture<Resident> take(String name) {
    Path file = file(name);
    Resident resident = residents.get(file);
    if (resident == null) {
      resident = load(name, file);
    }
    resident.uses++;
    resident.turn = ++turns;
    resident.expiresAt = null;
    return whenLoaded(resident);
  }

  private Path file(String name) {
    return files
        .find(name)
        .orElseThrow(
            () -> new EngineException(Kind.UNKNOWN_MODEL, "model '" + name + "' not found"));
  }

  private CompletableFuture<Resident> whenLoaded(Resident resident) {
    CompletableFuture<Resident> result = new CompletableFuture<>();
    resident.loaded.whenComplete(
        (model, failure) ->
            loop.runOnContext(
                nothing -> {
                  if (failure == null && fits(resident)) {
                    result.complete(resident);
                  } else if (failure == null) {
                    unload(resident);
                    result.completeExceptionally(tooLarge(resident.bytes, resident.name));
                  } else {
                    residents.remove(resident.file, resident);
                    result.completeExceptionally(failure);
                  }
                }));
    return result;
  }

  private Resident load(String name, Path file) {
    long bytes = size(file);
    makeRoom(bytes, name);
    var capacity =
        new Capacity(
            options.sequences(), options.context(), options.usedThreads(), options.waiting());
    var resident = new Resident(name, file, bytes, Decoder.start(library, file, capacity));
    residents.put(file, resident);
    resident
        .decoder
        .ended()
        .thenRun(() -> loop.runOnContext(nothing -> residents.remove(file, resident)));
    resident.loaded.thenAccept(
        model -> loop.runOnContext(nothing -> resident.bytes = model.bytes()));
    return resident;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void makeRoom(long bytes, String name) {
    long limit = options.memory();
    if (limit == 0) {
      return;
    }
    if (bytes > limit) {
      throw tooLarge(bytes, name);
    }
    freeIdle(bytes);
    if (used() + bytes > limit) {
      throw new EngineException(
          Kind.BUSY, "other models are at work in the memory that model '" + name + "' needs");
    }
  }

  /** Frees idle models until so many bytes more are within the limit, or none is idle. */
  private void freeIdle(long bytes) {
    List<Resident> idle =
        new ArrayList<>(residents.values().stream().filter(Resident::idle).toList());
    idle.sort(Comparator.comparingLong(each -> each.turn));
    while (used() + bytes > options.memory() && !idle.isEmpty()) {
      unload(idle.removeFirst());
    }
  }

  /** Whether a model is within the limit now that its context is there too; others make place. */
  private boolean fits(Resident resident) {
    if (options.memory() > 0) {
      freeIdle(0);
    }
    return options.memory() == 0 || resident.bytes <= options.memory();
  }

  private EngineException tooLarge(long bytes, String name) {
    return new EngineException(
        Kind.FAILED,
        "model '%s' takes %,d bytes with its context, and the engine may use %,d: give it more memory, a shorter context or fewer sequences"
            .formatted(name, bytes, options.memory()));
  }

  private long used() {
    return residents.values().stream().mapToLong(each -> each.bytes).sum();
  }

  /** Ends a request's use of a model, which stays for so long if nobody else asks for it. */
  void giveBack(Resident resident, Duration keepAlive) {
    resident.uses--;
    resident.turn = ++turns;
    if (resident.uses > 0 || !residents.containsValue(resident)) {
      return;
    }
    if (keepAlive.isZero()) {
      unload(resident);
      return;
    }
    resident.expiresAt = clock.instant().plus(keepAlive);
    long turn = resident.turn;
    vertx.setTimer(
        Math.max(1, keepAlive.toMillis()),
        timer -> {
          if (resident.turn == turn && resident.idle()) {
            unload(resident);
          }
        });
  }

  /** Frees a model that is asked for no more; one that is at work goes on, and is kept. */
  void dismiss(String name) {
    Resident resident = residents.get(file(name));
    if (resident != null && resident.idle()) {
      unload(resident);
    }
  }

  private void unload(Resident resident) {
    if (residents.remove(resident.file, resident)) {
      resident.decoder.stop();
    }
  }
}
