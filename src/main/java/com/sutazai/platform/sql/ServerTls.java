package com.sutazai.platform.sql;

import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Adds to an address what its {@code sslmode} needs: the authority that the server's certificate
 * must come from, and whether it must be for the host. Without an authority TLS keeps listeners out
 * and takes any server, as PostgreSQL's own clients have it.
 */
@Singleton
class ServerTls {
  private final Optional<String> rootCertificate;

  ServerTls(
      @ConfigProperty(name = "sutazai-internal.database-root-certificate")
          Optional<String> rootCertificate) {
    this.rootCertificate = rootCertificate.filter(file -> !file.isBlank());
  }

  PgConnectOptions apply(PgConnectOptions address) {
    SslMode mode = address.getSslMode();
    if (mode == SslMode.DISABLE) {
      return address;
    }
    rootCertificate.ifPresentOrElse(
        file -> address.setPemTrustOptions(new PemTrustOptions().addCertPath(file)),
        () -> address.setTrustAll(true));
    address.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    return address;
  }
}
