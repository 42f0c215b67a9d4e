package com.sutazai.security.quota;

import java.util.Locale;

/** What is limited. */
enum Limit {
  REQUESTS_PER_MINUTE("requests a minute"),
  TOKENS_PER_MINUTE("tokens a minute"),
  TOKENS_PER_DAY("tokens a day (UTC)"),
  CONCURRENT_GENERATIONS("answers of models at once"),
  WAITING_TASKS("waiting tasks of its owner");

  private final String unit;

  Limit(String unit) {
    this.unit = unit;
  }

  /** Its name in {@code limits} of a key, in settings with dashes, and as a label. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is counted, after a number. */
  String unit() {
    return unit;
  }
}
