package com.sutazai.platform.caller;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a {@code Cache-Control} header by their names in lower case (RFC 9111, section
 * 5.2). Of one that is there twice the first counts.
 */
public final class Directives {
  /** More seconds than anybody can mean. */
  private static final long MOST_SECONDS = Integer.MAX_VALUE;

  private static final Pattern DIRECTIVE =
      Pattern.compile("([^\\s=,;\"]+)(?:\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]*)))?");

  private final Map<String, String> values = new HashMap<>();

  private Directives() {}

  public static Directives of(@Nullable String header) {
    var directives = new Directives();
    Matcher each = DIRECTIVE.matcher(header == null ? "" : header);
    while (each.find()) {
      String value = each.group(2) == null ? each.group(3) : each.group(2);
      directives.values.putIfAbsent(
          each.group(1).toLowerCase(Locale.ROOT), value == null ? "" : value);
    }
    return directives;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Its seconds; {@code absent} when it is not there, {@code wrong} when they are no number. */
  public long seconds(String name, long absent, long wrong) {
    String value = values.get(name);
    if (value == null) {
      return absent;
    }
    if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return wrong;
    }
    return value.length() > 10 ? MOST_SECONDS : Math.min(MOST_SECONDS, Long.parseLong(value));
  }
}
