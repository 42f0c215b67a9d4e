package com.sutazai.platform.net;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one family that share their first bits, or a single one (CIDR, RFC 4632).
 *
 * @param first any of them
 * @param bits how many they share, at most those of an address
 */
public record AddressBlock(InetAddress first, int bits) {
  static AddressBlock of(String first, int bits) {
    return new AddressBlock(InetAddress.ofLiteral(first), bits);
  }

  /** The block that the text names, such as {@code 10.0.0.0/8}; null when it names none. */
  public static @Nullable AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    InetAddress first = AddressLiteral.address(slash < 0 ? text : text.substring(0, slash));
    if (first == null) {
      return null;
    }
    int all = first.getAddress().length * Byte.SIZE;
    if (slash < 0) {
      return new AddressBlock(first, all);
    }
    String length = text.substring(slash + 1);
    boolean usable = length.matches("\\d{1,3}") && Integer.parseInt(length) <= all;
    return usable ? new AddressBlock(first, Integer.parseInt(length)) : null;
  }

  /** Whether the address is one of them; one of the other family never is. */
  public boolean holds(InetAddress address) {
    byte[] ours = first.getAddress();
    byte[] other = address.getAddress();
    if (ours.length != other.length) {
      return false;
    }
    int whole = bits / 8;
    int mask = 0xff << (8 - bits % 8);
    return Arrays.equals(ours, 0, whole, other, 0, whole)
        && (bits % 8 == 0 || ((ours[whole] ^ other[whole]) & mask & 0xff) == 0);
  }
}
