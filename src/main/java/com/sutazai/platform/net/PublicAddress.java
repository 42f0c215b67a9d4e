package com.sutazai.platform.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public internet from all others: loopback, link-local, private, shared
 * (carrier-grade NAT), multicast, unspecified, documentation, benchmarks, reserved. (IANA special
 * purpose address registries, RFC 6890.) Of IPv6 only global unicast counts, without the blocks in
 * it that are none; an IPv4 address inside of a NAT64 or 6to4 one is judged by itself.
 */
final class PublicAddress {
  private static final List<AddressBlock> NOT_PUBLIC =
      List.of(
          AddressBlock.of("0.0.0.0", 8),
          AddressBlock.of("10.0.0.0", 8),
          AddressBlock.of("100.64.0.0", 10),
          AddressBlock.of("127.0.0.0", 8),
          AddressBlock.of("169.254.0.0", 16),
          AddressBlock.of("172.16.0.0", 12),
          AddressBlock.of("192.0.0.0", 24),
          AddressBlock.of("192.0.2.0", 24),
          AddressBlock.of("192.88.99.0", 24),
          AddressBlock.of("192.168.0.0", 16),
          AddressBlock.of("198.18.0.0", 15),
          AddressBlock.of("198.51.100.0", 24),
          AddressBlock.of("203.0.113.0", 24),
          AddressBlock.of("224.0.0.0", 4),
          AddressBlock.of("240.0.0.0", 4),
          AddressBlock.of("2001::", 23),
          AddressBlock.of("2001:db8::", 32),
          AddressBlock.of("3fff::", 20));

  private static final AddressBlock GLOBAL_UNICAST = AddressBlock.of("2000::", 3);
  private static final AddressBlock NAT64 = AddressBlock.of("64:ff9b::", 96);
  private static final AddressBlock SIX_TO_FOUR = AddressBlock.of("2002::", 16);

  private PublicAddress() {}

  static boolean is(InetAddress address) {
    if (NAT64.holds(address)) {
      return is(embedded(address, 12));
    }
    if (SIX_TO_FOUR.holds(address)) {
      return is(embedded(address, 2));
    }
    return (address instanceof Inet4Address || GLOBAL_UNICAST.holds(address))
        && NOT_PUBLIC.stream().noneMatch(block -> block.holds(address));
  }

  private static InetAddress embedded(InetAddress address, int at) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), at, at + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
