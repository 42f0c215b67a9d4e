package com.sutazai.security.key;

import com.sutazai.platform.id.Digests;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The text that a caller sends: {@code sk-sutazai-}, twelve characters that the key is found by,
 * and 256 random bits.
 *
 * @param text the whole; told once, kept nowhere
 */
record Secret(String text, String prefix) {
  private static final String MARK = "sk-sutazai-";
  private static final int PREFIX_BYTES = 6;
  private static final int RANDOM_BYTES = 32;
  private static final int PREFIX_END = MARK.length() + 2 * PREFIX_BYTES;
  private static final int LENGTH = PREFIX_END + 1 + 43;
  private static final SecureRandom RANDOM = new SecureRandom();

  static Secret random() {
    String prefix = HexFormat.of().formatHex(bytes(PREFIX_BYTES));
    String rest = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(RANDOM_BYTES));
    return new Secret(MARK + prefix + "-" + rest, prefix);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** What a key that has this text is found by; null when no key can have it. */
  static @Nullable String prefix(String text) {
    if (text.length() != LENGTH || !text.startsWith(MARK) || text.charAt(PREFIX_END) != '-') {
      return null;
    }
    for (int i = MARK.length(); i < PREFIX_END; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return null;
      }
    }
    return text.substring(MARK.length(), PREFIX_END);
  }

  byte[] hash() {
    return Digests.sha256(text);
  }

  @Override
  public String toString() {
    return MARK + prefix;
  }
}
