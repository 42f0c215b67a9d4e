package com.sutazai.inference;

import com.sutazai.inference.Answer.Timings;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Usage;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call to a model whose answer several callers read, each at its own pace. There is no thread
 * for it: whoever needs a piece that is not there yet reads it from the server for all, and the
 * others wait for that; so the first one who needs it opens the call. Pieces are a chain, so what
 * all have read is let go of once nobody can join any more, which is when the answer has become
 * long. Who then falls far behind is cut off.
 */
final class SharedGeneration {
  /**
   * Characters up to which somebody may still join, and by which a reader may fall behind; bytes
   * where the pieces are passed on as the server wrote them.
   */
  private static final int MOST_KEPT = 1 << 20;

  private final SharedGenerations all;
  private final SharedGenerations.Key key;
  private final ReentrantLock reading = new ReentrantLock();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();
  private final CountDownLatch streamed = new CountDownLatch(1);

  private volatile @Nullable Link first = new Link(null, false, 0);
  private volatile @Nullable Generation source;

  /** Who opened the call, or tried to the last. */
  private volatile @Nullable Reader asker;

  private volatile @Nullable ProblemException failure;
  private volatile boolean stored;

  /** Only used by who holds {@code reading}, and before anybody reads. */
  private Link last;

  SharedGeneration(SharedGenerations all, SharedGenerations.Key key) {
    this.all = all;
    this.key = key;
    last = Objects.requireNonNull(first);
  }

  /** Opens the call to the server, at the cost of the reader that brought it. */
  interface Opener {
    /**
     * May wait for an answer that another process is about to keep, as long as nobody streams.
     *
     * @param streamed is counted down by the first reader who passes on what comes
     */
    Generation open(CountDownLatch streamed) throws InterruptedException;

    /** Nobody reads any more, whether the answer came to its end or not. */
    default void over() {}

    /**
     * Keeps the answer for later requests, which is offered once, at its end.
     *
     * @return whether it did
     */
    default boolean keep(Generation whole, List<Chunk> pieces) {
      return false;
    }
  }

  /**
   * A piece and what follows; the first link and the one that stands for the end hold none. {@code
   * characters} are those of the answer up to here.
   */
  private static final class Link {
    private final @Nullable Chunk chunk;
    private final boolean end;
    private final long characters;
    private volatile @Nullable Link next;

    Link(@Nullable Chunk chunk, boolean end, long characters) {
      this.chunk = chunk;
      this.end = end;
      this.characters = characters;
    }
  }

  SharedGenerations.Key key() {
    return key;
  }

  /**
   * Adds the reader for whom it is made, who may pass on what comes before the end.
   *
   * @param alone whether nobody may join
   */
  Reader begin(Opener opener, boolean alone, boolean streams) {
    return add(new Reader(opener, last, alone), streams);
  }

  /** Adds one who comes later; empty when the answer ended, failed or became long. */
  Optional<Reader> join(Opener opener, boolean streams) {
    Link start = first; // read once: whoever reads for all lets go of it at any time
    return start == null || failure != null
        ? Optional.empty()
        : Optional.of(add(new Reader(opener, start, false), streams));
  }

  private Reader add(Reader reader, boolean streams) {
    if (streams) {
      streamed.countDown();
    }
    readers.add(reader);
    return reader;
  }

  /** True when the last reader left. */
  boolean leave(Reader reader) {
    readers.remove(reader);
    return readers.isEmpty();
  }

  /** Reads one piece for all; the lock is held. */
  private void advance(Reader reader, Duration patience) throws InterruptedException {
    Generation live = source;
    if (live == null) {
      asker = reader;
      source = reader.opener.open(streamed);
      return;
    }
    Chunk chunk = live.next(patience);
    if (chunk == Generation.NOTHING_YET) {
      return;
    }
    long characters = chunk == null ? 0 : size(chunk);
    Link link = new Link(chunk, chunk == null, last.characters + characters);
    last.next = link;
    last = link;
    if (link.end || link.characters > MOST_KEPT) {
      if (link.end && first != null) {
        stored = Objects.requireNonNull(asker).opener.keep(live, pieces(first));
      }
      first = null;
      all.close(this);
      cutOffTheSlow(link.characters);
    }
  }

  private static long size(Chunk chunk) {
    byte[] written = chunk.written();
    return written == null ? RequestSize.characters(chunk.json()) : written.length;
  }

  private static List<Chunk> pieces(Link first) {
    List<Chunk> pieces = new ArrayList<>();
    for (Link link = first.next; link != null; link = link.next) {
      if (link.chunk != null) {
        pieces.add(link.chunk);
      }
    }
    return pieces;
  }

  private void cutOffTheSlow(long characters) {
    for (Reader reader : readers) {
      Link at = reader.at;
      if (at != null && characters - at.characters > MOST_KEPT) {
        reader.at = null;
      }
    }
  }

  /** One caller's place in the answer. */
  final class Reader implements Generation {
    private final long came = System.nanoTime();
    private final Opener opener;
    private final boolean alone;
    private volatile @Nullable Link at;
    private long firstAt;
    private boolean closed;

    private Reader(Opener opener, Link at, boolean alone) {
      this.opener = opener;
      this.at = at;
      this.alone = alone;
    }

    /** Waits for the first piece, as every caller does before it is answered. */
    Reader open() throws InterruptedException {
      boolean opened = false;
      try {
        while (source == null) {
          step(HEARTBEAT);
        }
        opened = true;
        return this;
      } finally {
        if (!opened) {
          close();
        }
      }
    }

    @Override
    public @Nullable Chunk next(Duration patience) throws InterruptedException {
      Link here = here();
      if (here.end) {
        return null;
      }
      Link next = here.next;
      if (next == null) {
        step(patience);
        next = here.next;
        if (next == null) {
          return NOTHING_YET;
        }
      }
      at = next;
      if (firstAt == 0 && next.chunk != null && next.chunk.content()) {
        firstAt = System.nanoTime();
      }
      return next.chunk;
    }

    private Link here() {
      Link here = at;
      if (here == null) {
        throw new ProblemException(
            ErrorCode.MODEL_FAILED,
            "The answer was read too slowly: more than "
                + MOST_KEPT
                + " characters of it wait to be taken.");
      }
      return here;
    }

    /** Reads on, or waits until somebody else did. */
    private void step(Duration patience) throws InterruptedException {
      Link before = here();
      if (!reading.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      try {
        if (failure != null) {
          throw failure;
        }
        if (source == null || before.next == null) {
          advance(this, patience);
        }
      } catch (ProblemException e) {
        if (isOfAll(e)) {
          failure = e;
          all.close(SharedGeneration.this);
        }
        throw e;
      } finally {
        reading.unlock();
      }
    }

    /** Quotas are those of a key: another reader's may have room left for the call. */
    private boolean isOfAll(ProblemException e) {
      return source != null || e.code() != ErrorCode.QUOTA_EXCEEDED;
    }

    @Override
    public String model() {
      return live().model();
    }

    @Override
    public Origin origin() {
      Origin origin = live().origin();
      if (origin.cached()) {
        return origin;
      }
      if (alone) {
        return new Origin.Bypassed(stored);
      }
      return asker == this ? new Origin.Asked(stored) : new Origin.Joined();
    }

    @Override
    public Timings timings() {
      long now = System.nanoTime();
      if (asker == this) {
        return live().timings();
      }
      @Nullable Double toFirst = firstAt == 0 ? null : Answer.milliseconds(firstAt - came);
      return new Timings(0, toFirst, Answer.milliseconds(now - came));
    }

    @Override
    public @Nullable Usage usage() {
      return live().usage();
    }

    private Generation live() {
      Generation live = source;
      if (live == null) {
        throw new IllegalStateException("The answer was not opened");
      }
      return live;
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      if (all.left(SharedGeneration.this, this)) {
        // not before: another reader, who has left by now, may have opened the call meanwhile
        Generation live = source;
        if (live != null) {
          live.close();
        }
        Reader opened = asker;
        if (opened != null) {
          opened.opener.over();
        }
      }
    }
  }
}
