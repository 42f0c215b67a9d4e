package com.sutazai.inference.preparation;

import com.sutazai.testing.FakeModelServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** A model server without models beside a program that is set to prepare one. */
public final class UnpreparedModel implements QuarkusTestResourceLifecycleManager {
  /** A program with this model server and no other. */
  public static final class Beside implements QuarkusTestProfile {
    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(UnpreparedModel.class));
    }

    @Override
    public boolean disableGlobalTestResources() {
      return true;
    }
  }

  private static final FakeModelServer FAKE = FakeModelServer.start();

  static FakeModelServer fake() {
    return FAKE;
  }

  @Override
  public Map<String, String> start() {
    FAKE.models();
    return Map.of(
        "sutazai.inference.base-url", FAKE.url(),
        "sutazai.inference.prepare.pull", "true",
        "sutazai.inference.prepare.preload", "true",
        "sutazai.inference.prepare.keep-alive", "-1",
        "sutazai.inference.runner.num-ctx", "2048",
        "sutazai.inference.runner.use-mmap", "true");
  }

  @Override
  public void stop() {
    FAKE.close();
  }
}
