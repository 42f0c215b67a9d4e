package com.sutazai.inference.backend;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The engine inside: a child process of this program that runs models by itself. */
@ConfigMapping(prefix = "sutazai.inference")
public interface EngineConfig {
  /**
   * Folder of the model files. Unset: {@code models} in the data directory, whether or not that has
   * the database too.
   */
  Optional<Path> modelsDir();

  /** How the engine runs. */
  Engine engine();

  /** When it runs, and what of. */
  interface Engine {
    /**
     * {@code auto}: when no model server is set and none answers where Ollama listens by default;
     * {@code true}: always, besides those that are set; {@code false}: never.
     */
    @WithDefault("auto")
    Enabled enabled();

    /** The llama.cpp library, or the folder that it is in; searched for when it is not set. */
    Optional<Path> library();

    /** Model files outside of that folder, comma-separated; each is named like its file. */
    Optional<List<Path>> files();

    /** Requests that it works on at once. */
    @WithDefault("8")
    @Min(1)
    int sequences();

    /** Tokens that a prompt and its answer may have together, if the model can so many. */
    @WithDefault("2048")
    @Min(1)
    int context();

    /** Threads that compute; unset, one less than there are processors. */
    @Min(1)
    OptionalInt threads();

    /** How long a model stays loaded without a request; negative for ever. */
    @WithDefault("5m")
    Duration keepAlive();

    /**
     * Memory that its models may take together; past it, the one that was not used for longest is
     * given up, and a child that still has more is started again when it is idle. Unset, half of
     * the machine's.
     */
    Optional<MemorySize> memory();

    /**
     * How long its steps may stand still, or the process be silent, until it is ended and started
     * again; 10 s at least.
     */
    @WithDefault("2m")
    Duration stallTimeout();

    /** Where models are pulled from by their names. */
    @WithDefault("https://registry.ollama.ai")
    URI registry();

    /** Whether models may be pulled from addresses that the internet cannot reach. */
    @WithDefault("false")
    boolean allowPrivate();
  }

  /** When the engine runs. */
  enum Enabled {
    AUTO,
    TRUE,
    FALSE
  }
}
