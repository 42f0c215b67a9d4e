package com.sutazai.security.tls;

import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks clients for certificates, and ends a start whose settings of TLS cannot be meant. The
 * configuration source in {@code boot} hands the files to the framework.
 */
@ApplicationScoped
class TlsDoor implements HttpServerOptionsCustomizer {
  private final TlsConfig config;

  TlsDoor(TlsConfig config) {
    this.config = config;
  }

  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    if (config.clientAuthorities().isPresent()) {
      options.setClientAuth(
          config.clientCertificate() == TlsConfig.ClientCertificate.REQUIRED
              ? ClientAuth.REQUIRED
              : ClientAuth.REQUEST);
    }
  }

  void check(@Observes @Priority(0) StartupEvent event) {
    if (config.certificate().isPresent() != config.key().isPresent()) {
      throw new StartException(
          "SUTAZAI_TLS_CERTIFICATE and SUTAZAI_TLS_KEY belong together: set both, or none for plain"
              + " HTTP.");
    }
    if (config.certificate().isEmpty()
        && (config.clientAuthorities().isPresent() || config.redirectPort().isPresent())) {
      throw new StartException(
          "SUTAZAI_TLS_CLIENT_AUTHORITIES and SUTAZAI_TLS_REDIRECT_PORT need"
              + " SUTAZAI_TLS_CERTIFICATE and SUTAZAI_TLS_KEY.");
    }
    config.certificate().ifPresent(file -> requireReadable("CERTIFICATE", file));
    config.key().ifPresent(file -> requireReadable("KEY", file));
    config.clientAuthorities().ifPresent(file -> requireReadable("CLIENT_AUTHORITIES", file));
  }

  private static void requireReadable(String name, Path file) {
    if (!Files.isReadable(file)) {
      throw new StartException(
          "SUTAZAI_TLS_" + name + " names a file that cannot be read: " + file + ".");
    }
  }
}
