package com.sutazai.cache.redis;

import com.sutazai.cache.LeaseContract;
import com.sutazai.cache.LeaseKeeper;
import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RedisLeasesTest extends LeaseContract {
  private static DebianRedis server;

  private final Opened opened = new Opened();
  private RedisTier tier;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    server = DebianRedis.start(folder);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() {
    tier = opened.tier(server.url());
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected LeaseKeeper leases() {
    return tier.leases().orElseThrow();
  }
}
