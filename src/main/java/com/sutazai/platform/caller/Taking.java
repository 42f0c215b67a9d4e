package com.sutazai.platform.caller;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the reader of an answer takes it. Writing waits for a reader who is slow; one who takes
 * nothing at all would be waited for without an end, and with it whoever works for the answer.
 */
final class Taking {
  /** Odd while something is being written; only the writer changes it. */
  private final AtomicInteger steps = new AtomicInteger();

  /** Only used by who looks. */
  private int seen;

  private long seenAt;

  /** The stream, whose use is seen from here. */
  OutputStream watched(OutputStream out) {
    return new Watched(out);
  }

  /**
   * Nanoseconds for which the same write has been waiting for the reader, as far as these looks can
   * tell; 0 when it moves on.
   */
  long waiting(long now) {
    int step = steps.get();
    if (step != seen || step % 2 == 0) {
      seen = step;
      seenAt = now;
    }
    return now - seenAt;
  }

  private void step() {
    steps.lazySet(steps.getPlain() + 1);
  }

  private final class Watched extends FilterOutputStream {
    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      step();
      try {
        out.write(b);
      } finally {
        step();
      }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      step();
      try {
        out.write(bytes, from, length);
      } finally {
        step();
      }
    }

    @Override
    public void flush() throws IOException {
      step();
      try {
        out.flush();
      } finally {
        step();
      }
    }

    /** Without a flush before: closing sends what is left. */
    @Override
    public void close() throws IOException {
      step();
      try {
        out.close();
      } finally {
        step();
      }
    }
  }
}
