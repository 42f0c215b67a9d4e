package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Certificates;
import com.sutazai.testing.Certificates.Pair;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server that takes connections with TLS alone. */
class DatabaseTlsIT {
  @TempDir Path folder;

  @Test
  void both_drivers_and_the_listener_speak_tls_with_the_server_that_is_meant() throws Exception {
    // Given
    var certificates = Certificates.in(folder);
    Pair server = certificates.certificate("server", "IP:127.0.0.1");
    Files.setPosixFilePermissions(server.key(), PosixFilePermissions.fromString("rw-------"));
    try (DebianPostgres postgres =
        DebianPostgres.start(
            folder,
            "-c ssl=on -c ssl_cert_file="
                + server.certificate()
                + " -c ssl_key_file="
                + server.key())) {
      postgres.requireTls();
      for (String mode : new String[] {"verify-full", "verify-ca", "require"}) {
        String url =
            postgres.url()
                + "?sslmode="
                + mode
                + (mode.equals("require") ? "" : "&sslrootcert=" + certificates.authority());
        try (Product product = Product.up(folder.resolve(mode), Map.of("DATABASE_URL", url))) {

          // When
          var answer = product.post("/api/tasks", "{\"type\":\"noop\"}", "Prefer", "wait=30");

          // Then
          assertThat(new JsonObject(answer.body()).getString("status")).isEqualTo("completed");
          await()
              .atMost(Duration.ofMinutes(1))
              .until(
                  () ->
                      postgres
                          .query(
                              "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                                  + " WHERE application_name = 'sutazai-listener' AND ssl")
                          .equals("1"));
        }
      }
    }
  }

  @Test
  void a_server_of_another_authority_is_not_used() throws Exception {
    // Given
    var certificates = Certificates.in(folder);
    var others = Certificates.in(folder.resolve("others"));
    Pair server = certificates.certificate("server", "IP:127.0.0.1");
    Files.setPosixFilePermissions(server.key(), PosixFilePermissions.fromString("rw-------"));
    try (DebianPostgres postgres =
            DebianPostgres.start(
                folder,
                "-c ssl=on -c ssl_cert_file="
                    + server.certificate()
                    + " -c ssl_key_file="
                    + server.key());
        Product product =
            Product.start(
                folder.resolve("data"),
                Map.of(
                    "DATABASE_URL",
                    postgres.url() + "?sslmode=verify-full&sslrootcert=" + others.authority()))) {

      // When
      int status = product.awaitExit();

      // Then
      assertThat(status).isNotZero();
    }
  }
}
