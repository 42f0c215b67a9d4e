package com.sutazai.inference.preparation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How Ollama runs the configured model. These belong to the loaded model, and a request that asks
 * for others loads it again, so they are set once, in a model made from it.
 */
@ConfigMapping(prefix = "sutazai.inference.runner")
public interface RunnerConfig {
  /** Tokens that prompt and answer may have together. */
  @Min(1)
  OptionalInt numCtx();

  /** Tokens of a prompt that are computed at once. */
  @Min(1)
  OptionalInt numBatch();

  /** Threads that compute. */
  @Min(1)
  OptionalInt numThread();

  /** Layers that a GPU computes; 0 uses none. */
  OptionalInt numGpu();

  /** Which GPU holds what is not split. */
  OptionalInt mainGpu();

  /** Whether the model's file is mapped into memory rather than read. */
  Optional<Boolean> useMmap();

  /** Chooses what is not set by the hardware that the server shows. */
  @WithDefault("false")
  boolean auto();
}
