package com.sutazai.cache.redis;

import static org.awaitility.Awaitility.await;

import com.sutazai.cache.Tier.TierException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Tiers of a test, closed with it. */
public final class Opened implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final List<RedisTier> tiers = new ArrayList<>();

  /** The settings as they are by default, but for these. */
  record Settings(
      Optional<String> url, Optional<Path> trustCertificate, int poolMax, Duration timeout)
      implements RedisConfig {
    Settings(int poolMax, Duration timeout) {
      this(Optional.empty(), Optional.empty(), poolMax, timeout);
    }

    static Settings at(String url) {
      return new Settings(Optional.of(url), Optional.empty(), 20, PATIENCE);
    }

    static Settings patient() {
      return new Settings(20, PATIENCE);
    }

    /** For servers that do not answer. */
    static Settings hasty() {
      return new Settings(20, Duration.ofMillis(300));
    }

    static Settings trusting(Path certificate) {
      return new Settings(Optional.empty(), Optional.of(certificate), 20, PATIENCE);
    }

    @Override
    public int poolMin() {
      return 5;
    }

    @Override
    public MemorySize maxEntry() {
      return new MemorySize(BigInteger.valueOf(1 << 20));
    }
  }

  static String namespace() {
    return "test" + NAMESPACES.incrementAndGet();
  }

  RedisTier tier(String url) {
    return tier(url, namespace(), Settings.patient());
  }

  /** For a server that will be away: it is not waited for for long. */
  public RedisTier hastyTier(String url, String namespace) {
    return tier(url, namespace, Settings.hasty());
  }

  RedisTier tier(String url, String namespace, Settings settings) {
    var clients = new RedisClients(vertx, RedisAddress.parse(url), settings);
    var tier = new RedisTier(clients, namespace, registry);
    tiers.add(tier);
    return tier;
  }

  /** Waits until it serves entries. */
  public static void awaitServing(RedisTier tier) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try {
                tier.get("any");
                return true;
              } catch (TierException e) {
                return false;
              }
            });
  }

  /**
   * Keeps an entry for an hour; again until it is kept: a hasty tier gives up a slow server, too.
   */
  static void keep(RedisTier tier, String name, byte[] entry, String tag) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TierException.class)
        .until(
            () -> {
              tier.put(name, entry, Set.of(tag), Duration.ofHours(1));
              return true;
            });
  }

  /** Looks for an entry, again until the tier answers. */
  static Optional<byte[]> find(RedisTier tier, String name) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TierException.class)
        .until(() -> Optional.ofNullable(tier.get(name)), found -> true);
  }

  @Override
  public void close() {
    tiers.forEach(RedisTier::close);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
