package com.sutazai.boot;

import java.io.PrintStream;
import java.time.Duration;

/** Prints one line for each step of a start, with the time since the process began. */
final class Progress {
  /** What a command answers stands alone in the output. */
  private final PrintStream out = Command.pending() == null ? System.out : System.err;

  void step(String what) {
    out.printf("  %6.2f s  %s%n", sinceStart().toMillis() / 1000.0, what);
  }

  static Duration sinceStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, java.time.Instant.now()))
        .orElse(Duration.ZERO);
  }
}
