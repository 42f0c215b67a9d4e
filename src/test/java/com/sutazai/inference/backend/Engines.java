package com.sutazai.inference.backend;

import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.testing.Servers;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;

/** The engine inside without the program around it. */
public final class Engines {
  private static final URI INSIDE = URI.create("engine:inside");

  private Engines() {}

  /** One that does not run. */
  public static Backend one() {
    var address =
        new Backend.Address(INSIDE, BackendConfig.Kind.OLLAMA, null, 1, 1, OptionalInt.empty());
    var breaker = new CircuitBreaker(Servers.AS_DESIGNED, System::nanoTime);
    return new Backend("embedded", address, breaker, new EnginePlace());
  }

  /** What is set about it when nothing is. */
  static EngineConfig config() {
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withConverter(MemorySize.class, 200, new MemorySizeConverter())
        .withMapping(EngineConfig.class)
        .build()
        .getConfigMapping(EngineConfig.class);
  }
}
