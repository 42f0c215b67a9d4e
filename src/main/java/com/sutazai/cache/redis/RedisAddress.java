package com.sutazai.cache.redis;

import com.sutazai.platform.error.StartException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An address of Redis as its users write it: {@code redis://user:password@host:6379/0}, {@code
 * redis-sentinel://:password@host:26379,host:26379/master-name/0}, or {@code
 * redis-cluster://host:7000,host:7001}; each with {@code rediss} in front for TLS.
 *
 * @param hosts {@code host:port} of the server, of the sentinels, or of some nodes of the Cluster
 * @param user of the servers and the sentinels alike; null is the server's {@code default}
 * @param master what the sentinels call the group; empty elsewhere
 */
record RedisAddress(
    Kind kind,
    boolean tls,
    @Nullable String user,
    @Nullable String password,
    List<String> hosts,
    String master,
    int database) {
  private static final Pattern SCHEME = Pattern.compile("redis(s?)(-sentinel|-cluster)?");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9._-]*");

  /** Past it the client would open a connection for each command to a group's master. */
  private static final int MAX_DATABASE = 255;

  /** What answers there. */
  enum Kind {
    SERVER(6379, "redis://user:password@host:6379/0"),
    SENTINEL(26379, "redis-sentinel://user:password@host:26379,host:26379/master-name"),
    CLUSTER(6379, "redis-cluster://user:password@host:7000,host:7001");

    private final int port;
    private final String example;

    Kind(int port, String example) {
      this.port = port;
      this.example = example;
    }
  }

  RedisAddress {
    hosts = List.copyOf(hosts);
  }

  static RedisAddress parse(String url) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      throw malformed(Kind.SERVER, "it is no URL; percent-encode special characters");
    }
    Matcher scheme = SCHEME.matcher(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT));
    if (!scheme.matches()) {
      throw malformed(
          Kind.SERVER,
          "it must begin with redis://, redis-sentinel:// or redis-cluster://, or with rediss for"
              + " TLS");
    }
    Kind kind =
        scheme.group(2) == null
            ? Kind.SERVER
            : Kind.valueOf(scheme.group(2).substring(1).toUpperCase(Locale.ROOT));
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw malformed(kind, "it has no parameters; percent-encode ? and # in a password");
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    String[] credentials = authority.substring(0, Math.max(at, 0)).split(":", 2);
    String user = decode(credentials[0]);
    if (!USER.matcher(user).matches()) {
      throw malformed(kind, "a user's name has letters, digits, dots, dashes and underscores only");
    }
    if (at >= 0 && credentials.length < 2) {
      throw malformed(kind, "a password follows a colon, as in :password@host");
    }
    List<String> path = path(uri.getRawPath());
    int names = kind == Kind.SENTINEL ? 1 : 0;
    if (kind == Kind.SENTINEL && path.isEmpty()) {
      throw malformed(kind, "the name of the master that the sentinels watch is needed");
    }
    if (path.size() > (kind == Kind.CLUSTER ? 0 : names + 1)) {
      throw malformed(kind, "its path is too long");
    }
    return new RedisAddress(
        kind,
        !scheme.group(1).isEmpty(),
        user.isEmpty() ? null : user,
        credentials.length < 2 ? null : decode(credentials[1]),
        hosts(kind, authority.substring(at + 1)),
        names == 0 ? "" : decode(path.getFirst()),
        path.size() == names ? 0 : database(kind, path.getLast()));
  }

  private static List<String> path(@Nullable String raw) {
    return raw == null || raw.length() < 2 ? List.of() : List.of(raw.substring(1).split("/"));
  }

  private static List<String> hosts(Kind kind, String text) {
    List<String> hosts = Stream.of(text.split(",")).map(host -> host(kind, host)).toList();
    if (kind == Kind.SERVER && hosts.size() > 1) {
      throw malformed(kind, "several hosts are a redis-cluster:// or redis-sentinel:// address");
    }
    return hosts;
  }

  private static String host(Kind kind, String text) {
    Matcher host = HOST.matcher(text);
    if (!host.matches()) {
      throw malformed(kind, "a host is needed, with its port after a colon if it is not usual");
    }
    int port = host.group(2) == null ? kind.port : Integer.parseInt(host.group(2));
    if (port < 1 || port > 65_535) {
      throw malformed(kind, "a port is 1 to 65535");
    }
    return host.group(1) + ":" + port;
  }

  private static int database(Kind kind, String text) {
    if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > MAX_DATABASE) {
      throw malformed(kind, "a database is a number from 0 to " + MAX_DATABASE);
    }
    return Integer.parseInt(text);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static StartException malformed(Kind kind, String why) {
    return new StartException(
        "REDIS_URL (sutazai.cache.redis.url) cannot be read: "
            + why
            + ". Expected "
            + kind.example
            + ".");
  }

  /** Each host as the client takes it, with credentials. */
  List<String> endpoints() {
    String credentials =
        password == null
            ? ""
            : (user == null ? "" : user)
                + ":"
                + URLEncoder.encode(password, StandardCharsets.UTF_8)
                + "@";
    String select = database == 0 ? "" : "/" + database;
    return hosts.stream()
        .map(host -> (tls ? "rediss://" : "redis://") + credentials + host + select)
        .toList();
  }

  /** The address without credentials, for people. */
  @Override
  public String toString() {
    return String.join(",", hosts)
        + (master.isEmpty() ? "" : "/" + master)
        + (database == 0 ? "" : "/" + database);
  }
}
