package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a Valkey server. */
class ValkeyTierTest extends ServerTierContract {
  private static DebianRedis server;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    server = DebianRedis.valkey(folder);
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

  @Test
  void the_server_is_valkey() throws IOException {
    assertThat(server.command("INFO", "server")).contains("server_name:valkey");
  }
}
