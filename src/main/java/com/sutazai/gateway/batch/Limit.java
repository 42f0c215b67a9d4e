package com.sutazai.gateway.batch;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import org.jspecify.annotations.Nullable;

/** How many items a page of a list has. */
final class Limit {
  private Limit() {}

  /** Read from a query parameter, which the framework would answer with 404 if it is no number. */
  static int of(@Nullable String text, int most, int byDefault) {
    try {
      return Check.range("limit", text == null ? null : Integer.valueOf(text), 1, most, byDefault);
    } catch (NumberFormatException e) {
      throw ProblemException.invalid("limit", "must be a number between 1 and " + most);
    }
  }
}
