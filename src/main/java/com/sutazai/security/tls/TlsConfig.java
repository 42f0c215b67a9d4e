package com.sutazai.security.tls;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.hibernate.validator.constraints.time.DurationMin;

/** How the HTTP door speaks TLS; without a certificate it does not. */
@ConfigMapping(prefix = "sutazai.tls")
public interface TlsConfig {
  /** PEM file of the server's certificate, with those that lead to its authority. */
  Optional<Path> certificate();

  /** PEM file of its private key. */
  Optional<Path> key();

  /** How often both files are looked at for newer ones. */
  @WithDefault("1m")
  @DurationMin(millis = 1)
  Duration reload();

  /** PEM file of the authorities whose certificates clients may show. */
  Optional<Path> clientAuthorities();

  /** Whether clients must show one. */
  @WithDefault("required")
  ClientCertificate clientCertificate();

  /** Port on which plain HTTP is answered with a redirect to https; unset, nobody listens there. */
  @Min(1)
  @Max(65535)
  OptionalInt redirectPort();

  /** What is asked of clients when there are {@code client-authorities}. */
  enum ClientCertificate {
    REQUESTED,
    REQUIRED
  }
}
