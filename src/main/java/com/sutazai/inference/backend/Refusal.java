package com.sutazai.inference.backend;

import com.sutazai.platform.error.ProblemException;
import java.util.List;

/**
 * A part of a request that the other dialect cannot say. It is told to the caller, because leaving
 * it out would answer something else than was asked.
 *
 * @param field where it stands in the request, such as {@code options.num_ctx}
 * @param reason the rest of a sentence that begins with the field, and what to do instead
 */
public record Refusal(String field, String reason) {

  /** Ends the request with 400 and the first of them, if there is one. */
  public static void requireNone(List<Refusal> refused) {
    if (!refused.isEmpty()) {
      Refusal first = refused.getFirst();
      throw ProblemException.invalid(first.field(), first.reason());
    }
  }
}
