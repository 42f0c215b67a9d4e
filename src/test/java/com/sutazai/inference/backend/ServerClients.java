package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** Clients of model servers without the program around them. */
public final class ServerClients {
  private ServerClients() {}

  /** What is set about model servers when nothing is. */
  public static BackendConfig config() {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withConverter(Duration.class, 200, new DurationConverter())
            .withMapping(BackendConfig.class)
            .build();
    return config.getConfigMapping(BackendConfig.class);
  }

  /** The same with one setting. */
  static BackendConfig config(String name, String value) {
    return config(Map.of(name, value));
  }

  /** The same with these settings. */
  static BackendConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(BackendConfig.class)
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(BackendConfig.class);
  }

  public static ServerClient on(Vertx vertx) {
    return new ServerClient(vertx, config(), new ObjectMapper(), InstantSource.system());
  }
}
