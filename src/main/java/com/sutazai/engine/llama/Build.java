package com.sutazai.engine.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The builds of llama.cpp whose structs are known here. They move from one release to the next, and
 * a field in the wrong place is read without a complaint, so no other build is used.
 */
public enum Build {
  /** In the Maven artefact {@code de.kherud:llama:4.2.0}: March 2025, one file. */
  B4916("llama.cpp b4916", 63, 119),

  /** In the npm package {@code @node-llama-cpp/linux-x64} 3.22.1: v0.5.0, a folder of files. */
  V0_5_0("llama.cpp v0.5.0", 77, 159);

  private static final int NUMBER = 4916;
  private static final String GGML_VERSION = "0.25.1";
  private static final String GGML_COMMIT = "0ad4a86";
  static final FunctionDescriptor TEXT = FunctionDescriptor.of(ADDRESS);

  private final String title;

  /** The last byte that the library writes when it fills in its own defaults. */
  final int lastModelByte;

  final int lastContextByte;

  Build(String title, int lastModelByte, int lastContextByte) {
    this.title = title;
    this.lastModelByte = lastModelByte;
    this.lastContextByte = lastContextByte;
  }

  /** Its name as people know it. */
  public String title() {
    return title;
  }

  /** Whether all sequences of a context lie in one room, which each step looks through. */
  public boolean sharesRoom() {
    return this == B4916;
  }

  /**
   * Finds out which build a library is.
   *
   * @throws UnusableLibraryException if it is another one
   */
  static Build of(Symbols symbols) {
    Optional<MemorySegment> number = symbols.find("LLAMA_BUILD_NUMBER");
    if (number.isPresent()
        && number.get().reinterpret(JAVA_INT.byteSize()).get(JAVA_INT, 0) == NUMBER) {
      return B4916;
    }
    if (symbols.find("ggml_version").isEmpty() || symbols.find("ggml_commit").isEmpty()) {
      throw new UnusableLibraryException("it does not say which build of llama.cpp it is");
    }
    String version = text(symbols, "ggml_version");
    String commit = text(symbols, "ggml_commit");
    if (version.equals(GGML_VERSION) && commit.equals(GGML_COMMIT)) {
      return V0_5_0;
    }
    throw new UnusableLibraryException(
        "it is ggml "
            + version
            + " ("
            + commit
            + "); only "
            + B4916.title
            + " and "
            + V0_5_0.title
            + " (ggml "
            + GGML_VERSION
            + ") can be used");
  }

  private static String text(Symbols symbols, String function) {
    var call = symbols.call(function, TEXT);
    MemorySegment text = Native.call(() -> (MemorySegment) call.invokeExact());
    return Native.string(text);
  }
}
