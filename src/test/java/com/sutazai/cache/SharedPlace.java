package com.sutazai.cache;

import com.sutazai.cache.redis.Opened;
import com.sutazai.cache.redis.RedisTier;
import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** A tier that two processes share, and what happens to it. */
interface SharedPlace extends AutoCloseable {
  /** As one of the processes sees it. */
  Tier tier();

  /** It answers nothing. */
  void away(RandomGenerator random) throws Exception;

  /** What it answers is not what was put there. */
  void garble(RandomGenerator random) throws Exception;

  /** It answers again what is put there. */
  void well() throws Exception;

  @Override
  default void close() throws Exception {}

  /** A map in this process. */
  final class Scripted implements SharedPlace {
    private final FakeTier tier = new FakeTier("redis");

    @Override
    public Tier tier() {
      return tier;
    }

    @Override
    public void away(RandomGenerator random) {
      tier.away = true;
    }

    @Override
    public void garble(RandomGenerator random) {
      tier.answer = bytes -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
    }

    @Override
    public void well() {
      tier.away = false;
      tier.answer = bytes -> bytes;
    }
  }

  /**
   * A Redis server: stopped in the middle of what it does, killed, filled, and written to by
   * somebody else.
   */
  final class Redis implements SharedPlace {
    private static final Duration STOPPED = Duration.ofMillis(400);

    private static final String SPOIL =
        """
        for _, key in ipairs(redis.call('KEYS', '*:entry:*')) do
          redis.call('SETRANGE', key, tonumber(ARGV[1]), 'spoilt')
        end
        """;

    private final DebianRedis server;
    private final Opened opened = new Opened();
    private final String namespace = UUID.randomUUID().toString();
    private final List<RedisTier> tiers = new CopyOnWriteArrayList<>();

    Redis(Path folder) throws IOException {
      server = DebianRedis.start(folder);
    }

    @Override
    public Tier tier() {
      RedisTier tier = opened.hastyTier(server.url(), namespace);
      Opened.awaitServing(tier);
      tiers.add(tier);
      return tier;
    }

    /** Slow, full, or ended and started again with nothing, for longer than the tier waits. */
    @Override
    public void away(RandomGenerator random) throws Exception {
      switch (random.nextInt(3)) {
        case 0 -> {
          server.freeze();
          try {
            Thread.sleep(STOPPED);
          } finally {
            server.thaw();
          }
        }
        case 1 -> {
          server.command("CONFIG", "SET", "maxmemory", "1");
          Thread.sleep(STOPPED);
          server.command("CONFIG", "SET", "maxmemory", "0");
        }
        default -> {
          server.kill();
          Thread.sleep(STOPPED);
          server.start();
        }
      }
      tiers.forEach(Opened::awaitServing); // so that it is used between two faults
    }

    @Override
    public void garble(RandomGenerator random) throws Exception {
      server.command("EVAL", SPOIL, "0", String.valueOf(random.nextInt(200)));
    }

    @Override
    public void well() {
      // it is, but for what was spoilt, which is replaced
    }

    @Override
    public void close() throws Exception {
      opened.close();
      server.close();
    }
  }
}
