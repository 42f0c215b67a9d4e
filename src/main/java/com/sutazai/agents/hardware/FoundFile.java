package com.sutazai.agents.hardware;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A regular file that a walk met.
 *
 * @param path relative to where the walk began
 * @param key of its contents: two names of one file have the same; null where there is none
 */
record FoundFile(Path path, String name, long bytes, Instant modified, @Nullable Object key) {
  static FoundFile of(Path path, String name, BasicFileAttributes attributes) {
    return new FoundFile(
        path,
        name,
        attributes.size(),
        attributes.lastModifiedTime().toInstant(),
        attributes.fileKey());
  }

  boolean isOlderThan(Duration age, Instant now) {
    return modified.isBefore(now.minus(age));
  }

  /** Whether it is still the same file with the same contents, as far as its attributes tell. */
  boolean isStill(BasicFileAttributes attributes) {
    return attributes.isRegularFile()
        && attributes.size() == bytes
        && attributes.lastModifiedTime().toInstant().equals(modified)
        && Objects.equals(attributes.fileKey(), key);
  }
}
