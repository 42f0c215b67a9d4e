package com.sutazai.resources.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** A small file of the system's; one that is missing or unreadable has nothing in it. */
record SystemFile(Path path) {
  List<String> lines() {
    try {
      return Files.readAllLines(path);
    } catch (IOException | SecurityException e) {
      return List.of();
    }
  }

  /** The number that is all of the first line. */
  OptionalLong number() {
    List<String> lines = lines();
    return lines.isEmpty() ? OptionalLong.empty() : number(lines.getFirst().strip());
  }

  /** The number behind a name, such as {@code nr_throttled 12} or {@code MemTotal: 12 kB}. */
  OptionalLong field(String name) {
    return lines().stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 1 && words[0].equals(name))
        .map(words -> number(words[1]))
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // "max", or more than a long holds: no limit either way
    }
  }
}
