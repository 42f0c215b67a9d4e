package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A PostgreSQL address as users write it, {@code
 * postgresql://user:pass@host:5432/db?sslmode=require}.
 */
record DatabaseAddress(
    String host, int port, String database, String user, String password, String query) {
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
    return new DatabaseAddress(
        uri.getHost(),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        uri.getPath().substring(1),
        decode(userInfo[0]),
        userInfo.length > 1 ? decode(userInfo[1]) : "",
        uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static StartException malformed(String why) {
    return new StartException(
        "DATABASE_URL cannot be read: "
            + why
            + ". Expected postgresql://user:password@host:5432/database.");
  }

  String reactiveUrl() {
    return "postgresql://" + host + ":" + port + "/" + database + query;
  }

  String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + query;
  }

  /** The address without credentials, for the banner. */
  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
