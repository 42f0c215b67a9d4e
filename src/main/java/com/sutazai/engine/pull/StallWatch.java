package com.sutazai.engine.pull;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a body from which nothing has come for long, so that whoever reads it goes on. */
final class StallWatch implements AutoCloseable {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final InputStream body;
  private final Thread thread = Thread.ofVirtual().name("pull-watch").unstarted(this::watch);
  private volatile long lastAt = System.nanoTime();

  StallWatch(InputStream body) {
    this.body = body;
    thread.start();
  }

  /** Something came. */
  void alive() {
    lastAt = System.nanoTime();
  }

  private void watch() {
    try {
      while (System.nanoTime() - lastAt < LONGEST_SILENCE.toNanos()) {
        Thread.sleep(LONGEST_SILENCE.dividedBy(6));
      }
      body.close();
    } catch (InterruptedException | IOException e) {
      // it is at its end
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
