package com.sutazai.engine.llama;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a library: one that holds everything, or libggml-base, libggml and libllama in a
 * folder with ggml's variants for different processors.
 */
record LibraryFiles(List<Path> inOrder, Optional<Path> backends) {
  private static final List<String> PARTS = List.of("libggml-base", "libggml", "libllama");

  static boolean holds(Path folder) {
    return Files.isDirectory(folder) && part(folder, "libllama").isPresent();
  }

  static LibraryFiles at(Path place) {
    if (Files.isRegularFile(place)) {
      Path folder = place.toAbsolutePath().getParent();
      return folder == null || part(folder, "libggml-base").isEmpty()
          ? new LibraryFiles(List.of(place), Optional.empty())
          : of(folder);
    }
    if (!Files.isDirectory(place)) {
      throw new UnusableLibraryException("there is no such file or folder");
    }
    return of(place);
  }

  private static LibraryFiles of(Path folder) {
    List<Path> files = new ArrayList<>();
    for (String name : PARTS) {
      part(folder, name).ifPresent(files::add);
    }
    if (part(folder, "libllama").isEmpty()) {
      throw new UnusableLibraryException("it holds no libllama.so");
    }
    return new LibraryFiles(files, Optional.of(folder));
  }

  /** A file such as libllama.so or libllama.v0.5.0.so. */
  private static Optional<Path> part(Path folder, String name) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> {
                String fileName = file.getFileName().toString();
                return fileName.startsWith(name + ".") && fileName.contains(".so");
              })
          .sorted()
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Loads them; a function is looked for in each. */
  SymbolLookup load() {
    SymbolLookup lookup = name -> Optional.empty();
    for (Path file : inOrder) {
      lookup = SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global()).or(lookup);
    }
    return lookup;
  }
}
