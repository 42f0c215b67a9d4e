package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Usage;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer that was kept, told again as it came. Its times are those of this request. */
final class KeptGeneration implements Generation {
  private final KeptAnswer answer;
  private final KeptAnswer.Pieces pieces;
  private final Duration ttl;
  private final long came;
  private long firstAt;

  /**
   * @param ttl how long the answer will still be kept
   * @param came {@link System#nanoTime()} of the request
   */
  KeptGeneration(KeptAnswer answer, Duration ttl, long came) {
    this.answer = answer;
    this.ttl = ttl;
    this.came = came;
    pieces = answer.pieces();
  }

  @Override
  public @Nullable Chunk next(Duration patience) {
    try {
      Chunk next = pieces.next();
      if (next != null && next.content()) {
        told();
      }
      return next;
    } catch (ModelFailure failure) {
      throw failure.problem();
    }
  }

  /** All of the text at once, where it was a prompt that was answered. */
  Optional<String> text() {
    told();
    return Optional.ofNullable(answer.text());
  }

  private void told() {
    if (firstAt == 0) {
      firstAt = System.nanoTime();
    }
  }

  @Override
  public String model() {
    return answer.model();
  }

  @Override
  public Origin origin() {
    return new Origin.Kept(ttl);
  }

  @Override
  public Timings timings() {
    @Nullable Double toFirst = firstAt == 0 ? null : Answer.milliseconds(firstAt - came);
    return new Timings(0, toFirst, Answer.milliseconds(System.nanoTime() - came));
  }

  @Override
  public @Nullable Usage usage() {
    return answer.usage();
  }

  @Override
  public void close() {
    // nobody works for it
  }
}
