package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.platform.error.StartException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisTiersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private RedisTiers tiers(Settings settings) {
    return new RedisTiers(vertx, settings, registry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void without_an_address_there_is_no_tier(String url) {
    RedisTiers tiers = tiers(Settings.at(url));

    tiers.check(new StartupEvent());

    assertThat(tiers.open("test")).isEmpty();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void settings_that_cannot_be_used_end_the_start() {
    assertThatThrownBy(() -> tiers(Settings.at("cache:6379")).check(new StartupEvent()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("REDIS_URL");
    Settings none = new Settings(Optional.of("redis://cache"), Optional.empty(), 0, Duration.ZERO);
    assertThatThrownBy(() -> tiers(none).check(new StartupEvent()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.cache.redis.pool-max");
  }

  @Test
  void a_namespace_that_would_not_tell_installations_apart_is_refused() {
    assertThatThrownBy(() -> tiers(Settings.at("redis://127.0.0.1:1")).open("a:b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a:b");
  }
}
