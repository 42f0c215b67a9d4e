package com.sutazai.boot;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a database address says of TLS, as PostgreSQL's own clients write it: {@code sslmode} and
 * {@code sslrootcert}. With a root certificate, {@code require} means {@code verify-ca}, as it does
 * to them. The two drivers are told in their own ways.
 *
 * @param mode empty when the address says nothing: no TLS
 * @param rootCertificate PEM file of the authority; empty when the server's word is enough
 */
record DatabaseTls(String mode, String rootCertificate) {
  static final DatabaseTls NONE = new DatabaseTls("", "");

  private static final String MODE = "sslmode=";
  private static final String ROOT = "sslrootcert=";
  private static final Set<String> MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** Whether the parameter is one of these. */
  static boolean covers(String parameter) {
    return parameter.startsWith(MODE) || parameter.startsWith(ROOT);
  }

  static DatabaseTls of(List<String> parameters) {
    String mode = value(parameters, MODE);
    String root = value(parameters, ROOT);
    if (parameters.stream().anyMatch(each -> each.matches("ssl(cert|key|password)=.*"))) {
      throw DatabaseAddress.malformed(
          "sslcert, sslkey and sslpassword are not supported; use a password over TLS");
    }
    if (!mode.isEmpty() && !MODES.contains(mode)) {
      throw DatabaseAddress.malformed("sslmode must be one of " + MODES.stream().sorted().toList());
    }
    if (mode.startsWith("verify") && root.isEmpty()) {
      throw DatabaseAddress.malformed(
          "sslmode=" + mode + " needs sslrootcert=, a PEM file of the authority");
    }
    if (!root.isEmpty() && !Files.isReadable(Path.of(root))) {
      throw DatabaseAddress.malformed("sslrootcert names a file that cannot be read: " + root);
    }
    if (!root.isEmpty() && !mode.equals("require") && !mode.startsWith("verify")) {
      throw DatabaseAddress.malformed(
          "sslrootcert needs sslmode=verify-full, verify-ca or require");
    }
    return new DatabaseTls(!root.isEmpty() && mode.equals("require") ? "verify-ca" : mode, root);
  }

  private static String value(List<String> parameters, String name) {
    return parameters.stream()
        .filter(each -> each.startsWith(name))
        .map(each -> DatabaseAddress.decode(each.substring(name.length())))
        .findFirst()
        .orElse("");
  }

  /** The client of our sessions reads the mode alone; the certificate it is given as a setting. */
  String forReactive() {
    return mode.isEmpty() ? "" : MODE + mode;
  }

  String forJdbc() {
    return rootCertificate.isEmpty()
        ? forReactive()
        : MODE + mode + "&" + ROOT + URLEncoder.encode(rootCertificate, StandardCharsets.UTF_8);
  }
}
