package com.sutazai.engine.llama;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds a library of llama.cpp: at the configured path and nowhere else if there is one; otherwise
 * beside the program, among the system's libraries, and last in the Maven artefact that the program
 * carries. What is found and cannot be used is left out with its reason.
 */
public final class LibrarySearch {
  private static final List<String> SYSTEM_NAMES = List.of("libllama.so", "libllama.so.0");

  private final Optional<Path> configured;
  private final List<Path> besideProgram;
  private final List<String> reasons = new ArrayList<>();

  /**
   * A search.
   *
   * @param configured a library's file, or the folder of its files
   * @param besideProgram folders to look into
   */
  public LibrarySearch(Optional<Path> configured, List<Path> besideProgram) {
    this.configured = configured;
    this.besideProgram = List.copyOf(besideProgram);
  }

  /**
   * Loads the first that can be used.
   *
   * @throws UnusableLibraryException with the reason of each that was found, if there is none
   */
  public Library load() {
    return candidates()
        .flatMap(candidate -> candidate.get().stream())
        .findFirst()
        .orElseThrow(() -> new UnusableLibraryException(String.join("; ", reasons)));
  }

  /** Why libraries that were found were not used. */
  public List<String> reasons() {
    return List.copyOf(reasons);
  }

  private Stream<Supplier<Optional<Library>>> candidates() {
    if (configured.isPresent()) {
      return Stream.of(() -> at(configured.get()));
    }
    Stream<Supplier<Optional<Library>>> beside =
        besideProgram.stream()
            .filter(folder -> LibraryFiles.holds(folder))
            .map(folder -> () -> at(folder));
    Stream<Supplier<Optional<Library>>> system =
        SYSTEM_NAMES.stream().map(name -> () -> system(name));
    return Stream.concat(Stream.concat(beside, system), Stream.of(this::carried));
  }

  private Optional<Library> at(Path place) {
    return attempt(
        place.toString(),
        () -> {
          LibraryFiles files = LibraryFiles.at(place);
          return Library.bind(files.load(), place.toString(), files.backends());
        });
  }

  private Optional<Library> system(String name) {
    SymbolLookup lookup;
    try {
      lookup = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the system has none
    }
    return attempt("the system's " + name, () -> Library.bind(lookup, name, Optional.empty()));
  }

  private Optional<Library> carried() {
    return attempt(
        "the library that the program carries",
        () -> {
          Requirements.check();
          try {
            Path copy = CarriedLibrary.copy();
            try {
              var lookup = SymbolLookup.libraryLookup(copy, Arena.global());
              return Library.bind(lookup, CarriedLibrary.ORIGIN, Optional.empty());
            } finally {
              Files.deleteIfExists(copy); // it is mapped now
            }
          } catch (IOException e) {
            throw new UnusableLibraryException("it cannot be copied out of the program: " + e);
          }
        });
  }

  private Optional<Library> attempt(String name, Supplier<Library> load) {
    try {
      return Optional.of(load.get());
    } catch (UnusableLibraryException | IllegalArgumentException e) {
      reasons.add(name + " cannot be used: " + e.getMessage());
      return Optional.empty();
    }
  }
}
