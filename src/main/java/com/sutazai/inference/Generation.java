package com.sutazai.inference;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One answer while it comes, piece by piece. Belongs to one thread. Closing it before its end tells
 * the server to stop, unless somebody else waits for the same answer.
 */
public interface Generation extends AutoCloseable {
  /** Longest time without a sign of life to the caller. */
  Duration HEARTBEAT = Duration.ofSeconds(15);

  /**
   * The next piece; null after the last one.
   *
   * @param patience how long to wait for it; {@link #NOTHING_YET} when it did not come in that time
   */
  @Nullable Chunk next(Duration patience) throws InterruptedException;

  /** The next piece, however long it takes; null after the last one. */
  default @Nullable Chunk next() throws InterruptedException {
    while (true) {
      Chunk chunk = next(HEARTBEAT);
      if (chunk != NOTHING_YET) {
        return chunk;
      }
    }
  }

  /** Stands for a piece that did not come in time. */
  Chunk NOTHING_YET = new Chunk(JsonNodeFactory.instance.objectNode(), false, false, null);

  /** The model that answers, as its server lists it. */
  String model();

  /** Where it comes from. */
  default Origin origin() {
    return new Origin.Own();
  }

  /** Times up to now. */
  Timings timings();

  /** Tokens, once the server told them. */
  @Nullable Usage usage();

  @Override
  void close();
}
