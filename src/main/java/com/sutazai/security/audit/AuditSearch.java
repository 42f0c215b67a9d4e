package com.sutazai.security.audit;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Which rows are wanted; null: any. */
record AuditSearch(
    @Nullable String owner,
    @Nullable String action,
    @Nullable String outcome,
    @Nullable String address,
    @Nullable Instant from,
    @Nullable Instant to) {
  private static final int LONGEST = 255;

  AuditSearch {
    check("of", owner);
    check("action", action);
    check("address", address);
    if (outcome != null) {
      Check.oneOf("outcome", outcome, AuditEvent.DONE, AuditEvent.DENIED, AuditEvent.FAILED);
    }
  }

  private static void check(String field, @Nullable String value) {
    if (value != null) {
      Check.text(field, value, LONGEST);
    }
  }

  static @Nullable Instant time(String field, @Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw ProblemException.invalid(field, "must be a time such as 2026-11-26T17:00:00Z");
    }
  }
}
