package com.sutazai.platform.net;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Checks URLs that callers name by what they say. What their names lead to is judged by {@link
 * AddressGuard}, each time that one is gone to.
 */
public final class OutsideUrl {
  private static final int LONGEST_URL = 2000;
  private static final int LONGEST_HOST = 255;

  /** Zones of IPv6 addresses, and numbers that some systems read as IPv4 addresses. */
  private static final Pattern ODD_HOST =
      Pattern.compile("%|^(?!\\[|[0-9]+(\\.[0-9]+){3}$)(.*\\.)?[0-9][^.]*\\.?$");

  private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  private OutsideUrl() {}

  /**
   * The URL in the field.
   *
   * @param allowPrivate whether it may lead to this machine and its own network
   * @param setting what would allow that
   */
  public static URI checked(String field, String url, boolean allowPrivate, String setting) {
    URI uri = parsed(field, Check.text(field, url, LONGEST_URL));
    if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw ProblemException.invalid(field, "must begin with http:// or https://");
    }
    if (uri.getRawUserInfo() != null) {
      throw ProblemException.invalid(field, "must not hold a user or password");
    }
    String host = uri.getHost();
    if (host == null || host.length() > LONGEST_HOST || ODD_HOST.matcher(host).find()) {
      throw ProblemException.invalid(
          field,
          "must name a host: a domain name of letters, digits, hyphens and dots, or an IP address");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw ProblemException.invalid(field, "must name a port between 1 and 65535, or none");
    }
    if (uri.getRawFragment() != null) {
      throw ProblemException.invalid(field, "must not have a fragment: it is never sent");
    }
    if (!allowPrivate && isPrivate(host)) {
      throw ProblemException.invalid(
          field,
          "must not lead to a loopback, private or otherwise special address; to allow them set "
              + setting
              + "=true");
    }
    return uri;
  }

  private static URI parsed(String field, String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw ProblemException.invalid(
          field, "is no URL: " + e.getReason() + " at character " + (e.getIndex() + 1));
    }
  }

  /** What can be told without asking a name server: addresses, and localhost (RFC 6761). */
  private static boolean isPrivate(String host) {
    if (host.startsWith("[") || IPV4.matcher(host).matches()) {
      return !PublicAddress.is(InetAddress.ofLiteral(bare(host)));
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /** The port that it leads to. */
  public static int port(URI url) {
    return url.getPort() > 0 ? url.getPort() : isTls(url) ? 443 : 80;
  }

  public static boolean isTls(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /** Without the brackets that an IPv6 address has in a URL. */
  static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
