package com.sutazai.security.proxy;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin with the same bits, or a single one.
 *
 * @param bits how many
 */
record Block(InetAddress first, int bits) {
  /** The block that the text names, such as {@code 10.0.0.0/8}; null when it names none. */
  static @Nullable Block of(String text) {
    int slash = text.indexOf('/');
    InetAddress first = Literal.address(slash < 0 ? text : text.substring(0, slash));
    if (first == null) {
      return null;
    }
    int all = first.getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return new Block(first, all);
    }
    String length = text.substring(slash + 1);
    boolean usable = length.matches("\\d{1,3}") && Integer.parseInt(length) <= all;
    return usable ? new Block(first, Integer.parseInt(length)) : null;
  }

  boolean has(InetAddress address) {
    byte[] mine = first.getAddress();
    byte[] its = address.getAddress();
    if (mine.length != its.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != its[i]) {
        return false;
      }
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || (mine[whole] ^ its[whole]) >> (Byte.SIZE - rest) == 0;
  }
}
