package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.cache.Tier.TierException;
import com.sutazai.cache.redis.Opened.Settings;
import com.sutazai.platform.error.StartException;
import com.sutazai.testing.DebianRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a server that speaks TLS. */
@Timeout(300)
class RedisTlsIT {
  private final Opened opened = new Opened();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    opened.close();
  }

  /** A certificate of its own for the address, and its key. */
  private void certify(Path certificate, Path key) throws IOException, InterruptedException {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=redis",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl").toFile())
            .start();
    assertThat(openssl.waitFor()).isZero();
  }

  @Test
  void a_trusted_server_is_used_and_no_other() throws Exception {
    // Given
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server.key");
    certify(certificate, key);
    try (var server = DebianRedis.secured(folder, certificate, key)) {
      String at = "127.0.0.1:" + server.port();
      Settings trusting = Settings.trusting(certificate);
      RedisTier trusted = opened.tier("rediss://" + at, "test", trusting);
      RedisTier strange = opened.tier("rediss://" + at);
      RedisTier misnamed = opened.tier("rediss://localhost:" + server.port(), "test", trusting);
      RedisTier plain = opened.tier("redis://" + at, "test", Settings.hasty());

      // When
      trusted.put("answers:a", new byte[] {1}, Set.of("red"), Duration.ofHours(1));

      // Then
      assertThat(trusted.get("answers:a")).containsExactly(1);
      assertThat(trusted.remove("red")).isOne();
      assertThatThrownBy(() -> strange.get("answers:a"))
          .isInstanceOf(TierException.class)
          .hasMessageContaining("certif");
      assertThatThrownBy(() -> misnamed.get("answers:a"))
          .isInstanceOf(TierException.class)
          .hasMessageContaining("localhost");
      assertThatThrownBy(() -> plain.get("answers:a")).isInstanceOf(TierException.class);
    }
  }

  @Test
  void a_sentinel_and_its_server_are_used_by_tls() throws Exception {
    // Given
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server.key");
    certify(certificate, key);
    try (var server = DebianRedis.secured(folder, certificate, key);
        var sentinel = DebianRedis.securedSentinel(folder, "main", server, certificate, key)) {
      String at = "127.0.0.1:" + sentinel.port() + "/main";
      RedisTier trusted =
          opened.tier("rediss-sentinel://" + at, "test", Settings.trusting(certificate));
      RedisTier strange = opened.tier("rediss-sentinel://" + at);

      // When
      trusted.put("answers:a", new byte[] {1}, Set.of("red"), Duration.ofHours(1));

      // Then
      assertThat(trusted.get("answers:a")).containsExactly(1);
      assertThatThrownBy(() -> strange.get("answers:a")).isInstanceOf(TierException.class);
    }
  }

  @Test
  void a_certificate_that_is_not_there_ends_the_start() {
    Settings missing = Settings.trusting(folder.resolve("missing.pem"));

    assertThatThrownBy(() -> opened.tier("rediss://127.0.0.1", "test", missing))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.cache.redis.trust-certificate");
  }
}
