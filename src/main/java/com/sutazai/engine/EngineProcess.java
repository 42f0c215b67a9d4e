package com.sutazai.engine;

import java.util.List;
import java.util.Map;

/** What the process of the engine is started with. */
public final class EngineProcess {
  /** The program's first argument that makes it an engine. */
  public static final String COMMAND = "engine";

  /** Variable with the key that each request brings as {@code Authorization: Bearer}. */
  public static final String KEY = "SUTAZAI_ENGINE_KEY";

  /** Begins lines on the engine's standard error stream that are for the operator. */
  public static final String NOTICE = "notice: ";

  /**
   * Begins the engine's answer to a byte on its standard input: how many bytes in a row before it
   * found the engine at the same step.
   */
  public static final String LOOKS = "looks: ";

  /** What llama.cpp, OpenMP and the C library read when they are loaded, so it is there before. */
  public static final Map<String, String> ENVIRONMENT =
      Map.of(
          "GGML_NO_BACKTRACE", "1", // else a failed assertion starts a debugger
          "OMP_WAIT_POLICY", "passive", // threads that wait give their processor away
          "MALLOC_ARENA_MAX", "2", // else what a freed model had stays with its thread's arena
          "MALLOC_MMAP_THRESHOLD_", "1048576"); // and so that large pieces go back when freed

  /** Options of the engine's Java machine; its weights are outside the heap. */
  public static final List<String> JAVA =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xmx128m",
          "-Xmn24m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError", // else requests of a thread that died wait for ever
          "-XX:MaxDirectMemorySize=64m");

  private EngineProcess() {}
}
