package com.sutazai.engine.server;

import com.sutazai.engine.decode.Decoder;
import com.sutazai.engine.decode.LoadedModel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A model that is loaded or being loaded, and who uses it. Belongs to the event loop. */
final class Resident {
  final String name;
  final Path file;
  final FileState state;
  final Decoder decoder;
  final CompletableFuture<LoadedModel> loaded;

  /** Bytes that it takes; until it is loaded, those of its file. */
  long bytes;

  /** Requests that are being answered or wait for the model. */
  int uses;

  /** When it will be unloaded if nobody uses it. */
  @Nullable Instant expiresAt;

  /** How long it stays after the use that began last. */
  Duration keepAlive = Duration.ZERO;

  /** When it was used last, among all uses. */
  long turn;

  /** The timer that unloads it; empty while it is used, and for one that is kept for ever. */
  OptionalLong timer = OptionalLong.empty();

  /** Whether it was found to be within the memory together with its context. */
  boolean admitted;

  /** Whether its context for embeddings is counted too. */
  boolean embeds;

  Resident(String name, Path file, FileState state, Decoder decoder) {
    this.name = name;
    this.file = file;
    this.state = state;
    this.decoder = decoder;
    loaded = decoder.loaded();
    bytes = state.size();
  }

  /** The loaded model; only once {@code loaded} is done. */
  LoadedModel model() {
    return loaded.join();
  }

  /** When it will be unloaded if all that use it end now. */
  Instant expiresAt(Instant now) {
    return expiresAt == null ? now.plus(keepAlive) : expiresAt;
  }

  boolean idle() {
    return uses == 0 && loaded.isDone();
  }
}
