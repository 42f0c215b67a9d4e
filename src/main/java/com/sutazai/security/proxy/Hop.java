package com.sutazai.security.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy tells of whoever called it.
 *
 * @param node its address as it stands there; null when the proxy tells none
 * @param scheme by which it called; null when the proxy tells none
 */
record Hop(@Nullable String node, @Nullable String scheme) {
  /** What {@code X-Forwarded-For} and {@code X-Forwarded-Proto} tell, the nearest caller first. */
  static List<Hop> xForwarded(List<String> nodes, List<String> schemes) {
    List<String> from = split(nodes, ',');
    List<String> by = split(schemes, ',');
    List<Hop> hops = new ArrayList<>();
    for (int i = 1; i <= Math.max(from.size(), by.size()); i++) {
      hops.add(
          new Hop(
              i > from.size() ? null : from.get(from.size() - i),
              i > by.size() ? null : by.get(by.size() - i)));
    }
    return hops;
  }

  /** What {@code Forwarded} tells, the nearest caller first. */
  static List<Hop> forwarded(List<String> fields) {
    return split(fields, ',').reversed().stream().map(Hop::forwarded).toList();
  }

  private static Hop forwarded(String element) {
    String node = null;
    String scheme = null;
    for (String pair : split(List.of(element), ';')) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals).strip();
      String value = equals < 0 ? "" : unquoted(pair.substring(equals + 1).strip());
      switch (name.toLowerCase(Locale.ROOT)) {
        case "for" -> node = value;
        case "proto" -> scheme = value;
        default -> {}
      }
    }
    return new Hop(node, scheme);
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /** Parts between separators that are not in quotes. */
  private static List<String> split(List<String> fields, char separator) {
    List<String> parts = new ArrayList<>();
    for (String field : fields) {
      boolean quoted = false;
      int begin = 0;
      for (int i = 0; i < field.length(); i++) {
        if (field.charAt(i) == '"') {
          quoted = !quoted;
        } else if (field.charAt(i) == separator && !quoted) {
          parts.add(field.substring(begin, i).strip());
          begin = i + 1;
        }
      }
      parts.add(field.substring(begin).strip());
    }
    return parts;
  }
}
