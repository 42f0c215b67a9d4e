package com.sutazai.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The wall clock of a process, which can be set while it runs; its monotonic clock goes on as
 * always, as it does when an operator or NTP sets the time. Debian's package {@code libfaketime}
 * does it; a test that asks for it is skipped where it is not installed.
 */
final class FakeClock {
  private final Path library;
  private final Path file;

  FakeClock(Path file) throws IOException {
    library = library();
    this.file = file;
    set(Duration.ZERO);
  }

  private static Path library() throws IOException {
    try (Stream<Path> found =
        Files.find(
            Path.of("/usr/lib"),
            3,
            (path, attributes) -> path.endsWith("faketime/libfaketime.so.1"))) {
      Path library = found.findFirst().orElse(Path.of("libfaketime.so.1"));
      assumeTrue(
          Files.exists(library), "apt-get install libfaketime, which sets clocks, is missing");
      return library;
    }
  }

  /** What a process needs to go by this clock. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // else timed waits inside the JVM end early or late
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0");
  }

  /** Sets it ahead of the true time, or back; the process sees it within about a second. */
  void set(Duration ahead) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, String.format("%+d%n", ahead.toSeconds()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
