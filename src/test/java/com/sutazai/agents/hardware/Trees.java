package com.sutazai.agents.hardware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/** Files that a test makes, of any age. */
final class Trees {
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Trees() {}

  static Path file(Path folder, String name, String text, int daysOld) throws IOException {
    return file(folder, name, text, NOW.minus(Duration.ofDays(daysOld)));
  }

  static Path file(Path folder, String name, String text, Instant modified) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(modified));
    return file;
  }

  /** JSON with apostrophes for quotes. */
  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static FileWalk.Bounds bounds(int maxFiles) {
    return new FileWalk.Bounds(maxFiles, System.nanoTime() + Duration.ofMinutes(5).toNanos());
  }
}
