package com.sutazai.inference.batch;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waiting requests, first come first served within a caller, and by deficit round-robin in tokens
 * among callers (M. Shreedhar, G. Varghese: Efficient Fair Queueing Using Deficit Round-Robin,
 * 1995): each turn adds a quantum times the caller's weight to what it may spend, and a caller is
 * served as long as its first request costs no more than that. Turns in which nobody could be
 * served are taken at once. Not safe for several threads.
 */
final class FairQueue {
  private final int quantum;
  private final Map<UUID, Line> lines = new HashMap<>();

  /** Callers with waiting requests, whose turn it is first. */
  private final Deque<Line> turns = new ArrayDeque<>();

  private int size;
  private long tokens;

  FairQueue(int quantum) {
    this.quantum = quantum;
  }

  /** One caller's requests, and the tokens it may spend. */
  private static final class Line {
    private final UUID caller;
    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private int weight = 1;
    private long tokens;
    private long deficit;

    /** Whether this turn's quantum was given already. */
    private boolean begun;

    Line(UUID caller) {
      this.caller = caller;
    }

    Waiter first() {
      return waiting.iterator().next();
    }
  }

  int size() {
    return size;
  }

  /** Tokens of all that wait. */
  long tokens() {
    return tokens;
  }

  /** Those of one caller. */
  long tokens(UUID caller) {
    Line line = lines.get(caller);
    return line == null ? 0 : line.tokens;
  }

  void add(Waiter waiter) {
    Line line = lines.computeIfAbsent(waiter.work().caller(), Line::new);
    if (line.waiting.isEmpty()) {
      turns.addLast(line);
    }
    line.weight = waiter.work().weight();
    line.waiting.add(waiter);
    size++;
    line.tokens += waiter.work().tokens();
    tokens += waiter.work().tokens();
  }

  /** Takes it out, wherever it stands; false when it was not there. */
  boolean remove(Waiter waiter) {
    Line line = lines.get(waiter.work().caller());
    if (line == null || !line.waiting.remove(waiter)) {
      return false;
    }
    size--;
    line.tokens -= waiter.work().tokens();
    tokens -= waiter.work().tokens();
    if (line.waiting.isEmpty()) {
      lines.remove(line.caller);
      turns.remove(line);
    }
    return true;
  }

  /** The next whose first in line passes the test, taken out; null when none does. */
  @Nullable Waiter take(Predicate<Waiter> eligible) {
    // Asked once: what it looks at is changed by others meanwhile, and the turns end only while
    // one of these lines stays in them.
    Set<Line> served = turns.stream().filter(line -> eligible.test(line.first())).collect(toSet());
    if (served.isEmpty()) {
      return null;
    }
    long skip = turnsUntilOneIsServed(served);
    served.forEach(line -> line.deficit += skip * share(line));
    while (true) {
      Line line = turns.getFirst();
      if (served.contains(line)) {
        if (!line.begun) {
          line.begun = true;
          line.deficit += share(line);
        }
        if (line.first().work().tokens() <= line.deficit) {
          return serve(line);
        }
      }
      line.begun = false;
      turns.addLast(turns.removeFirst());
    }
  }

  private Waiter serve(Line line) {
    Waiter waiter = line.first();
    line.deficit -= waiter.work().tokens();
    remove(waiter);
    return waiter;
  }

  /** Whole turns that would serve none of these lines. */
  private long turnsUntilOneIsServed(Set<Line> served) {
    long fewest = Long.MAX_VALUE;
    for (Line line : served) {
      long missing = line.first().work().tokens() - line.deficit - (line.begun ? 0 : share(line));
      fewest = Math.min(fewest, missing <= 0 ? 0 : Math.ceilDiv(missing, share(line)));
    }
    return Math.max(0, fewest - 1);
  }

  private long share(Line line) {
    return (long) quantum * line.weight;
  }

  /**
   * Requests that are served before a further one of this caller, by their number: of each other
   * caller no more than this one has then itself.
   */
  int before(UUID caller, int weight) {
    Line own = lines.get(caller);
    int ownPlace = own == null ? 0 : own.waiting.size();
    long before = ownPlace;
    for (Line line : turns) {
      if (line != own) {
        before += Math.min(line.waiting.size(), Math.ceilDiv((ownPlace + 1) * line.weight, weight));
      }
    }
    return (int) Math.min(before, size);
  }

  void forEach(Consumer<Waiter> each) {
    turns.forEach(line -> line.waiting.forEach(each));
  }
}
