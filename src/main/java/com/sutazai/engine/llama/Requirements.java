package com.sutazai.engine.llama;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the carried library needs of the machine. */
final class Requirements {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private Requirements() {}

  /** Refuses with all that is missing. */
  static void check() {
    List<String> missing = new ArrayList<>();
    library("libgomp.so.1", "libgomp1", missing);
    library("libstdc++.so.6", "libstdc++6", missing);
    if (!System.getProperty("os.name", "").equals("Linux")) {
      missing.add("Linux");
    } else if (resourceNeedsAvx2() && lacksAvx2()) {
      missing.add("a processor with AVX2, FMA and F16C");
    }
    if (!missing.isEmpty()) {
      throw new UnusableLibraryException("it needs " + String.join(", ", missing));
    }
  }

  /** Adds a library that the machine does not have. */
  static void library(String name, String debianPackage, List<String> missing) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(name, arena);
    } catch (IllegalArgumentException e) {
      missing.add(name + " (apt-get install " + debianPackage + ")");
    }
  }

  private static boolean resourceNeedsAvx2() {
    return CarriedLibrary.resource(System.getProperty("os.arch", "")).contains("x86_64");
  }

  private static boolean lacksAvx2() {
    try {
      String all = Files.readString(PROCESSOR);
      return Files.exists(PROCESSOR) && !flags(all).containsAll(Set.of("avx2", "fma", "f16c"));
    } catch (IOException e) {
      return false; // nothing says so
    }
  }

  /** The features of the first processor that the text tells of. */
  static Set<String> flags(String cpuinfo) {
    return cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip().split(" +"))
        .map(words -> Set.copyOf(Arrays.asList(words)))
        .orElse(Set.of());
  }
}
