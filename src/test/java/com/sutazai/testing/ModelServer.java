package com.sutazai.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/**
 * Puts two {@link FakeModelServer}s beside the application under test: one speaks Ollama's dialect,
 * the other one OpenAI's only, and they have different models. The application pauses shortly where
 * a server fails, and waits long for one that says nothing: on a busy machine it is no hanging one.
 */
public final class ModelServer implements QuarkusTestResourceLifecycleManager {
  /** The model that only the second server has. */
  public static final String OTHER_MODEL = "spoken";

  /** What the second server says that it works on at once. */
  public static final int OTHER_SLOTS = 2;

  private static final FakeModelServer FAKE = FakeModelServer.start();
  private static final FakeModelServer OTHER = FakeModelServer.start();

  static {
    OTHER.models(OTHER_MODEL);
    OTHER.slots(OTHER_SLOTS);
  }

  public static FakeModelServer fake() {
    return FAKE;
  }

  /** The one with OpenAI's API. */
  public static FakeModelServer other() {
    return OTHER;
  }

  @Override
  public Map<String, String> start() {
    return Map.ofEntries(
        Map.entry("sutazai.inference.backends.ollama.url", FAKE.url()),
        Map.entry("sutazai.inference.backends.openai.url", OTHER.url()),
        Map.entry("sutazai.inference.backends.openai.kind", "openai"),
        Map.entry("sutazai.inference.aliases.gpt-oss", "absent,tinyllama"),
        Map.entry("sutazai.inference.connect-timeout", "60s"),
        Map.entry("sutazai.inference.list-timeout", "60s"),
        Map.entry("sutazai.inference.retry-pause", "5ms"),
        Map.entry("sutazai.inference.models-refresh", "0s"),
        Map.entry("sutazai.inference.breaker.pause", "500ms"),
        Map.entry("sutazai.inference.max-answer", "1M"));
  }

  @Override
  public void stop() {
    // it lives as long as the tests do
  }
}
