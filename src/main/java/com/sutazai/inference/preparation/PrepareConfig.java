package com.sutazai.inference.preparation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** What is done to the configured model when the program starts, on Ollama servers. */
@ConfigMapping(prefix = "sutazai.inference.prepare")
interface PrepareConfig {
  /** Pulls the model when no Ollama server has it. */
  @WithDefault("false")
  boolean pull();

  /** Loads the model, so that the first request need not wait for that. */
  @WithDefault("false")
  boolean preload();

  /** How long the loaded model stays without a request; negative for ever. */
  Optional<Duration> keepAlive();
}
