package com.sutazai.engine.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells one file from another that has taken its place.
 *
 * @param key of the file system's own; null where it has none
 */
record FileState(long size, FileTime modified, @Nullable Object key) {
  static FileState of(Path file) {
    try {
      var now = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileState(now.size(), now.lastModifiedTime(), now.fileKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
