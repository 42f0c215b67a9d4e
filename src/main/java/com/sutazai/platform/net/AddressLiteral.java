package com.sutazai.platform.net;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses in digits, in their usual form alone: no names, no zones, no {@code 127.1}. */
public final class AddressLiteral {
  private static final Pattern FOUR_NUMBERS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern WITH_COLONS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

  private AddressLiteral() {}

  /** The address; null when the text is none. */
  public static @Nullable InetAddress address(String text) {
    boolean usual =
        text.indexOf(':') < 0
            ? FOUR_NUMBERS.matcher(text).matches()
            : WITH_COLONS.matcher(text).matches();
    try {
      return usual ? InetAddress.ofLiteral(text) : null;
    } catch (IllegalArgumentException none) {
      return null;
    }
  }

  /** The same of a text that may have a port behind the address, and brackets about it. */
  public static @Nullable InetAddress node(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? null : address(text.substring(1, end));
    }
    int colon = text.indexOf(':');
    return address(colon < 0 || colon != text.lastIndexOf(':') ? text : text.substring(0, colon));
  }
}
