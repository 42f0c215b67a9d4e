package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ChunkReader;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.backend.TokenStream;
import com.sutazai.inference.backend.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** An answer as a server sends it. */
final class LiveGeneration implements Generation {
  private final Call call;
  private final String model;
  private final TokenStream lines;
  private final ChunkReader reader;
  private final Duration silence;
  private final Deque<Chunk> ready = new ArrayDeque<>();
  private long heardAt = System.nanoTime();

  /** Whether lines were taken since that were not waited for: no clock was asked for these. */
  private boolean spoke;

  private boolean chosen;
  private boolean ended;

  LiveGeneration(Call call, String model, TokenStream lines, ChunkReader reader, Duration silence) {
    this.call = call;
    this.model = model;
    this.lines = lines;
    this.reader = reader;
    this.silence = silence;
  }

  /**
   * Waits for the first piece of text: what goes wrong until then can still be tried again. The
   * call is told of nothing before this answer is {@link #chosen}.
   */
  LiveGeneration begin() throws ModelFailure, InterruptedException {
    try {
      while (!ended && (ready.isEmpty() || !ready.getLast().content())) {
        read(silence);
      }
    } catch (ModelFailure | InterruptedException e) {
      lines.close();
      throw e;
    }
    return this;
  }

  /** Says that this is the answer to the call, which is told what came so far. */
  LiveGeneration chosen() {
    chosen = true;
    ready.forEach(this::tell);
    if (ended) {
      call.succeeded();
    }
    return this;
  }

  /** Ends an answer that is not wanted; the call goes on with another one. */
  void discard() {
    lines.close();
  }

  @Override
  public @Nullable Chunk next(Duration patience) throws InterruptedException {
    try {
      while (ready.isEmpty()) {
        if (ended) {
          return null;
        }
        if (!read(patience)) {
          return NOTHING_YET;
        }
      }
      return ready.removeFirst();
    } catch (ModelFailure failure) {
      ended = true;
      lines.close();
      call.failed(failure);
      throw failure.problem();
    }
  }

  /** Takes one line; false when none came in time. */
  private boolean read(Duration patience) throws ModelFailure, InterruptedException {
    byte[] known = lines.atHand();
    if (known != null) {
      spoke = true;
      reader.read(known).forEach(this::take);
      return true;
    }
    long now = System.nanoTime();
    if (spoke) {
      heardAt = now;
      spoke = false;
    }
    long left = silence.toNanos() - (now - heardAt);
    boolean last = left <= patience.toNanos();
    byte[] line = lines.next(last ? Duration.ofNanos(Math.max(0, left)) : patience);
    if (line == TokenStream.NOTHING) {
      if (last) {
        throw new ModelFailure(
            Kind.TIMEOUT, "The model server sent nothing for " + silence.toSeconds() + " s.");
      }
      return false;
    }
    heardAt = System.nanoTime();
    if (line == null) {
      if (!reader.mayEnd()) {
        throw new ModelFailure(
            Kind.CUT, "The model server ended its answer without saying that it is done.");
      }
      reader.end().forEach(this::take);
      end();
      return true;
    }
    reader.read(line).forEach(this::take);
    return true;
  }

  private void take(Chunk chunk) {
    ready.addLast(chunk);
    if (chosen) {
      tell(chunk);
    }
    if (chunk.last()) {
      lines.finish();
      end();
    }
  }

  private void tell(Chunk chunk) {
    if (chunk.content()) {
      call.token();
    }
    if (chunk.usage() != null) {
      call.used(chunk.usage());
    }
  }

  /** The server is done: its slot is free, however slowly the rest is taken here. */
  private void end() {
    ended = true;
    if (chosen) {
      call.succeeded();
    }
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public Timings timings() {
    return call.timings();
  }

  @Override
  public @Nullable Usage usage() {
    return call.usage();
  }

  @Override
  public void close() {
    lines.close();
    call.abandoned();
  }
}
