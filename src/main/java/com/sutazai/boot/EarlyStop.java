package com.sutazai.boot;

/**
 * Ends the process at once when it is told to stop while it waits for a database of others: nothing
 * was begun that would have to end well, and the framework ends a start only when it is over.
 */
final class EarlyStop implements AutoCloseable {
  /** As a process has that a SIGTERM ended. */
  private static final int ENDED = 143;

  private final Thread hook =
      Thread.ofPlatform().name("early-stop").unstarted(() -> Runtime.getRuntime().halt(ENDED));

  private EarlyStop() {}

  /** From now on, until it is closed. */
  static EarlyStop begin() {
    var stop = new EarlyStop();
    Runtime.getRuntime().addShutdownHook(stop.hook);
    return stop;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it is running
    }
  }
}
