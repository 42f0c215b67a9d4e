package com.sutazai.gateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What the foreign doors let through. */
@ConfigMapping(prefix = "sutazai.inference")
public interface GatewayConfig {
  /**
   * Whether callers of Ollama's door may set options that belong to the loaded model, such as
   * {@code num_ctx}: each request that differs in one makes the server load the model again.
   */
  @WithDefault("false")
  boolean allowRunnerOptions();

  /**
   * Whether images and the like in chats of OpenAI's door may be addresses, which the model server
   * then fetches from where it stands.
   */
  @WithDefault("false")
  boolean allowImageUrls();
}
