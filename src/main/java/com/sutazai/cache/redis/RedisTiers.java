package com.sutazai.cache.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Opens the tier at {@code REDIS_URL}, if that is set; without it nothing of Redis runs. */
@ApplicationScoped
public class RedisTiers {
  private final Vertx vertx;
  private final RedisConfig config;
  private final MeterRegistry registry;
  private final List<RedisTier> open = new CopyOnWriteArrayList<>();

  RedisTiers(Vertx vertx, RedisConfig config, MeterRegistry registry) {
    this.vertx = vertx;
    this.config = config;
    this.registry = registry;
  }

  /** Before anything else is started: settings that cannot be used end the start. */
  void check(@Observes @Priority(0) StartupEvent event) {
    clients();
  }

  /**
   * Opens it, whether Redis is there or not; to be called once. It is closed when the program
   * stops.
   *
   * @param namespace what tells this installation from others on the same Redis, 1 to 100 letters,
   *     digits, dots, dashes and underscores
   * @return empty where no address is set
   */
  public Optional<RedisTier> open(String namespace) {
    Optional<RedisTier> tier =
        clients().map(clients -> new RedisTier(clients, namespace, registry));
    tier.ifPresent(open::add);
    return tier;
  }

  /** Where it is looked for, without credentials; empty where no address is set. */
  public Optional<String> hosts() {
    return address().map(address -> String.join(", ", address.hosts()));
  }

  private Optional<RedisAddress> address() {
    return config.url().filter(url -> !url.isBlank()).map(RedisAddress::parse);
  }

  private Optional<RedisClients> clients() {
    return address().map(address -> new RedisClients(vertx, address, config));
  }

  void stop(@Observes ShutdownEvent event) {
    open.forEach(RedisTier::close);
  }
}
