package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority of a test's own, and certificates of it, made with {@code openssl}. */
public final class Certificates {
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");
  private static final String PASSWORD = "test";

  private final Path folder;

  /** A certificate and its key, as PEM files. */
  public record Pair(Path certificate, Path key) {}

  private Certificates(Path folder) {
    this.folder = folder;
  }

  public static Certificates in(Path parent) throws Exception {
    assumeTrue(Files.isExecutable(OPENSSL), "openssl is not installed: apt-get install openssl");
    var made = new Certificates(Files.createDirectories(parent.resolve("certificates")));
    made.run(
        List.of(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=authority",
            "-keyout",
            made.file("authority.key"),
            "-out",
            made.file("authority.pem")));
    return made;
  }

  /** A certificate of nobody's, for {@code localhost}: the JDK's own tool makes it. */
  public static Pair selfSigned(Path folder) {
    Path store = folder.resolve("self-signed.p12");
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(store);
      run(
          folder,
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-genkeypair",
              "-alias",
              PASSWORD,
              "-keyalg",
              "EC",
              "-dname",
              "CN=localhost",
              "-keystore",
              store.toString(),
              "-storepass",
              PASSWORD + PASSWORD));
      char[] password = (PASSWORD + PASSWORD).toCharArray();
      KeyStore made = KeyStore.getInstance(store.toFile(), password);
      return new Pair(
          pem(
              folder.resolve("self-signed.pem"),
              "CERTIFICATE",
              made.getCertificate(PASSWORD).getEncoded()),
          pem(
              folder.resolve("self-signed.key"),
              "PRIVATE KEY",
              made.getKey(PASSWORD, password).getEncoded()));
    } catch (IOException | InterruptedException | GeneralSecurityException e) {
      throw new IllegalStateException("A certificate could not be made", e);
    }
  }

  private static Path pem(Path file, String what, byte[] content) throws IOException {
    String lines = Base64.getMimeEncoder().encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, lines));
  }

  public Path authority() {
    return folder.resolve("authority.pem");
  }

  /**
   * A certificate of the authority.
   *
   * @param alternative whom it is for, such as {@code IP:127.0.0.1}
   */
  public Pair certificate(String name, String alternative) throws Exception {
    run(
        List.of(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=" + name,
            "-keyout",
            file(name + ".key"),
            "-out",
            file(name + ".csr")));
    Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=" + alternative + "\n");
    run(
        List.of(
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            file(name + ".csr"),
            "-CA",
            file("authority.pem"),
            "-CAkey",
            file("authority.key"),
            "-CAcreateserial",
            "-extfile",
            file(name + ".ext"),
            "-out",
            file(name + ".pem")));
    return new Pair(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
  }

  /** What a client trusts that trusts this authority alone, and shows nothing. */
  public SSLContext trusting() throws Exception {
    return context(new KeyManager[0]);
  }

  /** The same of one that shows a certificate. */
  public SSLContext showing(Pair client) throws Exception {
    Path store = folder.resolve("client.p12");
    run(
        List.of(
            "pkcs12",
            "-export",
            "-in",
            client.certificate().toString(),
            "-inkey",
            client.key().toString(),
            "-out",
            store.toString(),
            "-passout",
            "pass:" + PASSWORD));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    return context(factory.getKeyManagers());
  }

  private SSLContext context(KeyManager[] shown) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(authority())) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(shown, trust.getTrustManagers(), null);
    return context;
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(OPENSSL.toString()));
    command.addAll(arguments);
    run(folder, command);
  }

  private static void run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " failed: " + Files.readString(output));
    }
  }
}
