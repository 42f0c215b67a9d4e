package com.sutazai.inference.backend;

import java.security.SecureRandom;
import java.util.Base64;

/** A key that nobody guesses. */
final class Secret {
  private static final int BYTES = 32;

  private Secret() {}

  static String next() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
