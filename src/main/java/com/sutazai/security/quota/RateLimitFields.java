package com.sutazai.security.quota;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields {@code RateLimit-Policy} and {@code RateLimit} of draft-ietf-httpapi-ratelimit-headers
 * (from its version 08 on: lists of structured fields), for limits that have a window.
 */
final class RateLimitFields {
  static final String POLICY = "RateLimit-Policy";
  static final String LIMIT = "RateLimit";

  private static final Map<String, String> POLICIES =
      Map.of(
          Limit.REQUESTS_PER_MINUTE.text(), "\"requests\";q=%d;w=60",
          Limit.TOKENS_PER_MINUTE.text(), "\"tokens\";q=%d;qu=\"tokens\";w=60",
          Limit.TOKENS_PER_DAY.text(), "\"tokens-per-day\";q=%d;qu=\"tokens\";w=86400");

  private RateLimitFields() {}

  /** What does not change from answer to answer; empty without such a limit. */
  static String policy(Account account, long now) {
    StringBuilder text = new StringBuilder();
    for (Left each : account.left(now)) {
      String policy = POLICIES.get(each.name());
      if (policy != null) {
        text.append(text.isEmpty() ? "" : ", ").append(policy.formatted(each.limit()));
      }
    }
    return text.toString();
  }

  /** What is left. */
  static String limit(List<Left> left) {
    StringBuilder text = new StringBuilder();
    for (Left each : left) {
      String policy = POLICIES.get(each.name());
      if (policy != null) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(policy, 0, policy.indexOf(';'))
            .append(";r=")
            .append(each.left())
            .append(";t=")
            .append(each.resetSeconds());
      }
    }
    return text.toString();
  }

  /** The fields that OpenAI's clients know, of limits per minute. */
  static Map<String, String> openAi(List<Left> left) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (Left each : left) {
      String kind =
          each.name().equals(Limit.REQUESTS_PER_MINUTE.text())
              ? "requests"
              : each.name().equals(Limit.TOKENS_PER_MINUTE.text()) ? "tokens" : null;
      if (kind != null) {
        fields.put("x-ratelimit-limit-" + kind, String.valueOf(each.limit()));
        fields.put("x-ratelimit-remaining-" + kind, String.valueOf(each.left()));
        fields.put("x-ratelimit-reset-" + kind, each.resetSeconds() + "s");
      }
    }
    return fields;
  }
}
