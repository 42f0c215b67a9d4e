package com.sutazai.boot;

import static java.util.stream.Collectors.joining;

import com.sutazai.platform.error.StartException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL address as users write it, {@code
 * postgresql://user:pass@host:5432/db?sslmode=require}.
 *
 * @param query what the drivers are told, without a question mark
 * @param tls whether and how the server must prove who it is
 * @param pgbouncer whether PgBouncer answers there; written {@code pgbouncer=true}, which is not
 *     for the drivers
 */
record DatabaseAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    String query,
    boolean pgbouncer,
    DatabaseTls tls) {
  private static final String PGBOUNCER = "pgbouncer=";

  static DatabaseAddress parse(String url) {
    URI uri;
    try {
      uri = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      throw malformed(
          e.getMessage() == null
              ? "it is no URL"
              : "it is no URL; percent-encode special characters");
    }
    String scheme = uri.getScheme();
    if (scheme == null || !(scheme.equals("postgresql") || scheme.equals("postgres"))) {
      throw malformed("it must begin with postgresql://");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() == null || uri.getPath().length() < 2) {
      throw malformed("user, host and database are needed");
    }
    String[] userInfo = uri.getRawUserInfo().split(":", 2);
    List<String> parameters =
        uri.getRawQuery() == null ? List.of() : List.of(uri.getRawQuery().split("&"));
    return new DatabaseAddress(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        uri.getPath().substring(1),
        decode(userInfo[0]),
        userInfo.length > 1 ? decode(userInfo[1]) : "",
        parameters.stream()
            .filter(each -> !each.startsWith(PGBOUNCER) && !DatabaseTls.covers(each))
            .collect(joining("&")),
        parameters.stream().anyMatch(DatabaseAddress::isPgbouncer),
        DatabaseTls.of(parameters));
  }

  private static boolean isPgbouncer(String parameter) {
    if (!parameter.startsWith(PGBOUNCER)) {
      return false;
    }
    return switch (parameter.substring(PGBOUNCER.length())) {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed("pgbouncer must be true or false");
    };
  }

  static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  static StartException malformed(String why) {
    return new StartException(
        "DATABASE_URL cannot be read: "
            + why
            + ". Expected postgresql://user:password@host:5432/database.");
  }

  String reactiveUrl() {
    return "postgresql://" + place() + joined(query, tls.forReactive());
  }

  /** Behind PgBouncer no statement may be prepared for longer than a transaction. */
  String jdbcUrl() {
    return "jdbc:postgresql://"
        + place()
        + joined(query, pgbouncer ? "prepareThreshold=0" : "", tls.forJdbc());
  }

  private static String joined(String... parameters) {
    String all = Stream.of(parameters).filter(each -> !each.isEmpty()).collect(joining("&"));
    return all.isEmpty() ? "" : "?" + all;
  }

  private String place() {
    return host + ":" + port + "/" + database;
  }

  /** The address without credentials, for the banner. */
  @Override
  public String toString() {
    return place() + (pgbouncer ? " through PgBouncer" : "");
  }
}
