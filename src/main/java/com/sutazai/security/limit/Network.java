package com.sutazai.security.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What counts as one address: with IPv6 a network of 64 bits, because one machine has all of it.
 */
public final class Network {
  private static final int BYTES = 8;

  private Network() {}

  /** The network of that address. */
  public static String of(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), BYTES))
        : address.getHostAddress();
  }

  /** The same of an address in digits; another text stands for itself. */
  public static String of(String address) {
    try {
      return of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException notInDigits) {
      return address;
    }
  }
}
