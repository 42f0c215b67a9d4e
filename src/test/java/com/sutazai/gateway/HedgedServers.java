package com.sutazai.gateway;

import com.sutazai.testing.FakeModelServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/**
 * Two model servers with the same model. Requests go to the first one while it has room, and to the
 * second one, which speaks OpenAI's dialect only, when the first is slow.
 */
public final class HedgedServers implements QuarkusTestResourceLifecycleManager {
  /** What only the second one has. */
  static final String OTHER_MODEL = "spoken";

  static final int FIRST_SLOTS = 16;
  static final int SECOND_SLOTS = 2;

  private static final FakeModelServer FIRST = FakeModelServer.start();
  private static final FakeModelServer SECOND = FakeModelServer.start();

  /** A program that hedges each request that it may. */
  public static final class Beside implements QuarkusTestProfile {
    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(HedgedServers.class));
    }

    @Override
    public boolean disableGlobalTestResources() {
      return true;
    }
  }

  static FakeModelServer first() {
    return FIRST;
  }

  static FakeModelServer second() {
    return SECOND;
  }

  static void models() {
    FIRST.models("tinyllama:latest");
    SECOND.models("tinyllama:latest", OTHER_MODEL);
  }

  @Override
  public Map<String, String> start() {
    models();
    return Map.ofEntries(
        Map.entry("sutazai.inference.hedge-after", "50ms"),
        Map.entry("sutazai.inference.hedge-share", "1"),
        Map.entry("sutazai.inference.backends.first.url", FIRST.url()),
        Map.entry("sutazai.inference.backends.first.weight", "100"),
        Map.entry("sutazai.inference.backends.first.slots", String.valueOf(FIRST_SLOTS)),
        Map.entry("sutazai.inference.backends.second.url", SECOND.url()),
        Map.entry("sutazai.inference.backends.second.kind", "openai"),
        Map.entry("sutazai.inference.backends.second.slots", String.valueOf(SECOND_SLOTS)),
        Map.entry("sutazai.inference.connect-timeout", "60s"),
        Map.entry("sutazai.inference.list-timeout", "60s"),
        Map.entry("sutazai.inference.retry-pause", "5ms"),
        Map.entry("sutazai.inference.models-refresh", "0s"),
        Map.entry("sutazai.inference.breaker.pause", "500ms"),
        Map.entry("sutazai.boot.data-dir", "target/test-data-hedging"));
  }

  @Override
  public void stop() {
    // they live as long as the tests do
  }
}
