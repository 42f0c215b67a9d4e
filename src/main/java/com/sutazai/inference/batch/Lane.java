package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;

/** One server's slots: how many there are and how many are taken. Not safe for several threads. */
final class Lane {
  private final Backend server;
  private final SlotLimit found;
  private final int most;
  private volatile int used;
  private int usedByBulk;
  private long lastTakenAt = System.nanoTime();

  /**
   * Lane of a server.
   *
   * @param mostFound most slots that are found by measuring
   * @param most most slots in any case
   */
  Lane(Backend server, int mostFound, int most) {
    this.server = server;
    this.most = most;
    found = new SlotLimit(Math.min(mostFound, most), System::nanoTime);
  }

  Backend server() {
    return server;
  }

  int used() {
    return used;
  }

  /** Slots as set, as the server says, or as they were found by measuring. */
  int slots(int processes) {
    int sharing = server.isEngine() ? 1 : processes;
    return server.slots().isPresent()
        ? Math.clamp(server.slots().getAsInt() / sharing, 1, most)
        : found.limit();
  }

  /** Whether a request may go there now; bulk work leaves one slot of several free. */
  boolean hasRoom(boolean bulk, int processes) {
    int slots = slots(processes);
    return used < slots && (!bulk || slots == 1 || usedByBulk < slots - 1);
  }

  /** Whether one more may go there that could be done without: one slot of several stays free. */
  boolean hasRoomToSpare(int processes) {
    int slots = slots(processes);
    return used < (slots == 1 ? 1 : slots - 1);
  }

  /** Slots that a server which may be asked has left. */
  int free(int processes) {
    return server.breaker().allows() ? Math.max(0, slots(processes) - used) : 0;
  }

  /** How full it would be with one more, by its weight: the least is the best place to go. */
  private double load(int processes) {
    return (used + 1.0) / ((double) slots(processes) * server.weight());
  }

  /** Whether it is the better place than another: less full, else longer without a new one. */
  boolean isBetterThan(Lane other, int processes) {
    int fuller = Double.compare(load(processes), other.load(processes));
    return fuller != 0 ? fuller < 0 : lastTakenAt - other.lastTakenAt < 0;
  }

  void take(boolean bulk) {
    lastTakenAt = System.nanoTime();
    used++;
    usedByBulk += bulk ? 1 : 0;
  }

  void leave(boolean bulk) {
    used--;
    usedByBulk -= bulk ? 1 : 0;
  }

  void token() {
    found.token();
  }

  /** Lets the measuring know where things stand. */
  void measure(boolean moreWait, int processes) {
    found.full(moreWait && used >= slots(processes));
  }

  void overloaded() {
    found.overloaded();
  }
}
