package com.sutazai.platform.id;

import java.security.SecureRandom;
import java.util.Base64;

/** Bytes that nobody guesses. */
public final class RandomBytes {
  private RandomBytes() {}

  public static byte[] next(int count) {
    byte[] bytes = new byte[count];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /** So many bytes, as letters, digits, {@code -} and {@code _}. */
  public static String text(int count) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(next(count));
  }
}
