package com.sutazai.cache.redis;

import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** On a Redis server. */
class RedisTierTest extends ServerTierContract {
  private static DebianRedis server;

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

  @Override
  DebianRedis server() {
    return server;
  }
}
