package com.sutazai.gateway.batch;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** Small bounds, short pauses, and lines that are answered by {@link FakeCalls}. */
public class BatchProfile implements QuarkusTestProfile {
  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "sutazai.batches.max-open", "10",
        "sutazai.batches.max-file", "600K",
        "sutazai.batches.max-stored", "64M",
        "sutazai.batches.max-line", "20K",
        "sutazai.batches.retry-pause", "20ms",
        "sutazai.batches.max-retry-pause", "50ms",
        "sutazai.boot.data-dir", "target/test-data-batches");
  }

  @Override
  public Set<Class<?>> getEnabledAlternatives() {
    return Set.of(FakeCalls.class);
  }
}
