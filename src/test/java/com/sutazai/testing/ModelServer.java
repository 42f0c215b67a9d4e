package com.sutazai.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Puts a {@link FakeModelServer} beside the application under test, and makes it impatient. */
public final class ModelServer implements QuarkusTestResourceLifecycleManager {
  private static final FakeModelServer FAKE = FakeModelServer.start();

  public static FakeModelServer fake() {
    return FAKE;
  }

  @Override
  public Map<String, String> start() {
    return Map.of(
        "sutazai.inference.base-url", FAKE.url(),
        "sutazai.inference.first-byte-timeout", "1s",
        "sutazai.inference.token-timeout", "1s",
        "sutazai.inference.retry-pause", "5ms",
        "sutazai.inference.models-refresh", "0s",
        "sutazai.inference.breaker.pause", "500ms",
        "sutazai.inference.max-answer", "1M");
  }

  @Override
  public void stop() {
    // it lives as long as the tests do
  }
}
