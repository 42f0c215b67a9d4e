package com.sutazai.platform.loop;

/**
 * Does something as soon as the process is told to stop, which is before the framework begins to
 * end anything; no longer once it is closed.
 */
public final class StopHook implements AutoCloseable {
  private final Thread hook;

  private StopHook(Thread hook) {
    this.hook = hook;
  }

  /**
   * From now on.
   *
   * @param name of the thread that does it
   */
  public static StopHook begin(String name, Runnable work) {
    var hook = new StopHook(Thread.ofPlatform().name(name).unstarted(work));
    Runtime.getRuntime().addShutdownHook(hook.hook);
    return hook;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends: it runs, or has run
    }
  }
}
