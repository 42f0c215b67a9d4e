package com.sutazai.cache;

import com.sutazai.cache.redis.Opened;
import com.sutazai.cache.redis.RedisTier;
import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A tier that two processes share, and what happens to it. */
interface SharedPlace extends AutoCloseable {
  /** As one of the processes sees it. */
  Tier tier();

  /** It answers nothing. */
  void away() throws Exception;

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
    public void away() {
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

  /** A Redis server: stopped in the middle of what it does, and written to by somebody else. */
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

    Redis(Path folder) throws IOException {
      server = DebianRedis.start(folder);
    }

    @Override
    public Tier tier() {
      RedisTier tier = opened.hastyTier(server.url(), namespace);
      Opened.awaitServing(tier);
      return tier;
    }

    /** For longer than the tier waits. */
    @Override
    public void away() throws Exception {
      server.freeze();
      try {
        Thread.sleep(STOPPED);
      } finally {
        server.thaw();
      }
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
