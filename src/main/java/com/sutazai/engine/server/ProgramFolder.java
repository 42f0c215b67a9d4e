package com.sutazai.engine.server;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the program's own files are. */
final class ProgramFolder {
  private ProgramFolder() {}

  /** Folders beside the program in which a library may be. */
  static List<Path> libraries() {
    return Stream.of(archive(), executable())
        .flatMap(Optional::stream)
        .map(Path::toAbsolutePath)
        .map(file -> Optional.ofNullable(file.getParent()))
        .flatMap(Optional::stream)
        .map(folder -> folder.resolve("lib"))
        .distinct()
        .toList();
  }

  /** The first jar on the class path; a native image has none. */
  private static Optional<Path> archive() {
    String first = System.getProperty("java.class.path", "").split(File.pathSeparator, 2)[0];
    return first.endsWith(".jar") ? Optional.of(Path.of(first)) : Optional.empty();
  }

  private static Optional<Path> executable() {
    return ProcessHandle.current().info().command().map(Path::of);
  }
}
