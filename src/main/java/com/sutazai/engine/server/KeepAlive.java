package com.sutazai.engine.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how long a model is to stay loaded: a number of seconds, or a text such as 5m or 1h30m. */
final class KeepAlive {
  /** Longer than any process lives; what is negative means it too. */
  static final Duration FOREVER = Duration.ofDays(36_500);

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

  private KeepAlive() {}

  static Duration read(RequestBody body, Duration otherwise) {
    JsonNode value = body.json().path("keep_alive");
    if (value.isMissingNode() || value.isNull()) {
      return bounded(otherwise);
    }
    if (value.isNumber()) {
      return seconds(value.doubleValue());
    }
    return bounded(parse(value.asText("").strip().toLowerCase(Locale.ROOT)));
  }

  private static Duration parse(String text) {
    if (text.matches("-?\\d+")) {
      return seconds(Double.parseDouble(text));
    }
    boolean negative = text.startsWith("-");
    Matcher part = PART.matcher(negative ? text.substring(1) : text);
    double nanos = 0;
    int end = 0;
    while (part.lookingAt()) {
      nanos += Double.parseDouble(part.group(1)) * unit(part.group(2));
      end = part.end();
      part.region(end, part.regionEnd());
    }
    if (end == 0 || end != part.regionEnd()) {
      throw RequestBody.refused("keep_alive must be seconds, or a duration such as 5m");
    }
    return negative ? FOREVER : seconds(nanos / 1e9);
  }

  private static double unit(String name) {
    return switch (name) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      default -> 3600e9;
    };
  }

  private static Duration seconds(double seconds) {
    return seconds < 0 || seconds > FOREVER.toSeconds()
        ? FOREVER
        : Duration.ofNanos((long) (seconds * 1e9));
  }

  private static Duration bounded(Duration duration) {
    return duration.isNegative() || duration.compareTo(FOREVER) > 0 ? FOREVER : duration;
  }
}
