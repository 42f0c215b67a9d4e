package com.sutazai.graph;

import com.sutazai.platform.error.StartException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address of Neo4j as its users write it, {@code bolt://user:password@host:7687} of one server
 * or {@code neo4j://…} of a cluster; {@code bolt+s} and {@code neo4j+s} for TLS.
 *
 * @param host with brackets, if it is an IPv6 address
 * @param user null where nobody is asked who they are
 */
record Neo4jAddress(
    boolean cluster,
    boolean tls,
    String host,
    int port,
    @Nullable String user,
    @Nullable String password) {
  private static final Pattern SCHEME = Pattern.compile("(bolt|neo4j)(\\+s)?");
  private static final int USUAL_PORT = 7687;
  private static final String USUAL_USER = "neo4j";

  /**
   * Reads it.
   *
   * @param user where the address names none; without a password of either it is not used
   */
  static Neo4jAddress parse(String url, @Nullable String user, @Nullable String password) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      throw malformed("it is no URL; percent-encode special characters");
    }
    Matcher scheme = SCHEME.matcher(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
    if (!scheme.matches()) {
      throw malformed(
          "it must begin with bolt:// or neo4j://, or with bolt+s:// or neo4j+s:// for TLS; for a"
              + " certificate of your own set sutazai.graph.neo4j.trust-certificate");
    }
    if (uri.getHost() == null) {
      throw malformed("a host is needed");
    }
    if (uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getRawPath() != null && uri.getRawPath().length() > 1) {
      throw malformed("it ends with the port; a database is named by sutazai.graph.neo4j.database");
    }
    String[] userInfo =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    if (userInfo.length == 1) {
      throw malformed("a password follows the user's name after a colon");
    }
    String secret = userInfo.length == 2 ? decode(userInfo[1]) : password;
    String name = userInfo.length == 2 ? decode(userInfo[0]) : user;
    return new Neo4jAddress(
        scheme.group(1).equals("neo4j"),
        scheme.group(2) != null,
        uri.getHost(),
        uri.getPort() < 0 ? USUAL_PORT : uri.getPort(),
        secret == null ? null : name == null || name.isEmpty() ? USUAL_USER : name,
        secret);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static StartException malformed(String why) {
    return new StartException(
        "NEO4J_URL (sutazai.graph.neo4j.url) cannot be read: "
            + why
            + ". Expected bolt://user:password@host:7687.");
  }

  /** The address as the driver takes it, which hears of TLS and credentials otherwise. */
  URI uri() {
    return URI.create((cluster ? "neo4j://" : "bolt://") + this);
  }

  /** The address without credentials, for people. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
