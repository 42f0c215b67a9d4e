package com.sutazai.cache.redis;

import com.sutazai.cache.redis.RedisAddress.Kind;
import com.sutazai.platform.error.StartException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes clients of one address. */
final class RedisClients {
  /** A connection is closed that nobody used for so long. */
  static final Duration UNUSED = Duration.ofMinutes(3);

  private final Vertx vertx;

  /** Of all connections; that of a request would keep what belongs to the request. */
  private final Context context;

  private final RedisAddress address;
  private final RedisConfig config;
  private final AtomicInteger made = new AtomicInteger();

  RedisClients(Vertx vertx, RedisAddress address, RedisConfig config) {
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
    this.address = address;
    this.config = config;
    check(config);
  }

  private void check(RedisConfig settings) {
    if (settings.poolMax() < 1 || settings.poolMax() > 1000) {
      throw new StartException("sutazai.cache.redis.pool-max must be 1 to 1000");
    }
    if (settings.poolMin() < 0) {
      throw new StartException("sutazai.cache.redis.pool-min must not be negative");
    }
    if (settings.timeout().toMillis() < 1) {
      throw new StartException("sutazai.cache.redis.timeout must be at least 1ms");
    }
    settings
        .trustCertificate()
        .filter(file -> !Files.isReadable(file))
        .ifPresent(
            file -> {
              throw new StartException(
                  "sutazai.cache.redis.trust-certificate names a file that cannot be read: "
                      + file
                      + ". Set it to a PEM file, or leave it out to trust what this machine does.");
            });
  }

  RedisAddress address() {
    return address;
  }

  RedisConfig config() {
    return config;
  }

  /** For commands to wherever their keys are. */
  Redis forCommands() {
    RedisOptions options =
        new RedisOptions()
            .setType(
                switch (address.kind()) {
                  case SERVER -> RedisClientType.STANDALONE;
                  case SENTINEL -> RedisClientType.SENTINEL;
                  case CLUSTER -> RedisClientType.CLUSTER;
                })
            .setMaxPoolSize(config.poolMax())
            .setPoolRecycleTimeout((int) UNUSED.toMillis());
    return create(options, endpoints());
  }

  /**
   * For listening to one server. Any node of a Cluster will do, because it hears what the others
   * are told.
   */
  Redis forListening() {
    List<String> endpoints = endpoints();
    boolean sentinel = address.kind() == Kind.SENTINEL;
    RedisOptions options =
        new RedisOptions()
            .setType(sentinel ? RedisClientType.SENTINEL : RedisClientType.STANDALONE)
            .setMaxPoolSize(1);
    return create(options, sentinel ? endpoints : endpoints.subList(0, 1));
  }

  /** In another order for each client, because it begins with the first, whether that answers. */
  private List<String> endpoints() {
    List<String> endpoints = new ArrayList<>(address.endpoints());
    Collections.rotate(endpoints, made.getAndIncrement());
    return endpoints;
  }

  private Redis create(RedisOptions options, List<String> endpoints) {
    options
        .setEndpoints(List.copyOf(endpoints))
        .setNetClientOptions(sockets())
        .setMaxPoolWaiting(config.poolMax())
        .setPoolName("cache-redis");
    if (address.kind() == Kind.SENTINEL) {
      options.setMasterName(address.master());
    }
    var made = new CompletableFuture<Redis>();
    context.runOnContext(here -> made.complete(Redis.createClient(vertx, options)));
    return made.join();
  }

  private NetClientOptions sockets() {
    int millis = (int) Math.min(config.timeout().toMillis(), Integer.MAX_VALUE);
    var options =
        new NetClientOptions().setConnectTimeout(millis).setTcpNoDelay(true).setTcpKeepAlive(true);
    if (address.tls()) {
      options
          .setSsl(true)
          .setHostnameVerificationAlgorithm("HTTPS")
          .setSslHandshakeTimeout(millis)
          .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
      config
          .trustCertificate()
          .map(Path::toString)
          .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
    }
    return options;
  }
}
