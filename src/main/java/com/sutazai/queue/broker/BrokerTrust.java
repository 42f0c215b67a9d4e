package com.sutazai.queue.broker;

import com.sutazai.platform.error.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Which certificates a RabbitMQ server may show. */
final class BrokerTrust {
  private static final String KEY = "sutazai.queue.broker.trust-certificate";

  private BrokerTrust() {}

  /** Those of the file, or those that this machine trusts. */
  static SSLContext of(Optional<Path> certificates) {
    try {
      return certificates.isPresent() ? trusting(certificates.get()) : SSLContext.getDefault();
    } catch (IOException | GeneralSecurityException e) {
      throw new StartException(
          KEY
              + " names a file that cannot be read: "
              + certificates.map(Path::toString).orElse("")
              + ". Set it to a PEM file, or leave it out to trust what this machine does.",
          e);
    }
  }

  private static SSLContext trusting(Path file) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(file)) {
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("trusted-" + number++, each);
      }
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
