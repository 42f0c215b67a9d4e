package com.sutazai.security.key;

import com.sutazai.platform.id.Digests;
import com.sutazai.platform.id.RandomBytes;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The text that a caller sends: {@code sk-sutazai-}, or {@code se-sutazai-} for a session, twelve
 * characters that the key is found by, and 256 random bits.
 *
 * @param text the whole; told once, kept nowhere
 */
record Secret(String text, String prefix) {
  /** What keys begin with. */
  static final String KEY = "sk-sutazai-";

  /** What sessions of browsers begin with, as long. */
  static final String SESSION = "se-sutazai-";

  private static final int PREFIX_BYTES = 6;
  private static final int RANDOM_BYTES = 32;
  private static final int PREFIX_END = KEY.length() + 2 * PREFIX_BYTES;
  private static final int LENGTH = PREFIX_END + 1 + 43;

  static Secret random(String mark) {
    String prefix = HexFormat.of().formatHex(RandomBytes.next(PREFIX_BYTES));
    return new Secret(mark + prefix + "-" + RandomBytes.text(RANDOM_BYTES), prefix);
  }

  /** What a key that has this text is found by; null when no key can have it. */
  static @Nullable String prefix(String text) {
    if (text.length() != LENGTH
        || !(text.startsWith(KEY) || text.startsWith(SESSION))
        || text.charAt(PREFIX_END) != '-') {
      return null;
    }
    for (int i = KEY.length(); i < PREFIX_END; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        return null;
      }
    }
    return text.substring(KEY.length(), PREFIX_END);
  }

  byte[] hash() {
    return Digests.sha256(text);
  }

  @Override
  public String toString() {
    return text.substring(0, PREFIX_END);
  }
}
