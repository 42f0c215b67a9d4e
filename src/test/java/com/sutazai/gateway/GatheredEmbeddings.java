package com.sutazai.gateway;

import com.sutazai.testing.ModelServer;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A program that sends embeddings together, beside {@link ModelServer}'s two servers. */
public final class GatheredEmbeddings implements QuarkusTestProfile {
  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "sutazai.inference.embedding-window", "10ms",
        "sutazai.inference.embedding-batch", "8",
        "sutazai.boot.data-dir", "target/test-data-embeddings");
  }
}
