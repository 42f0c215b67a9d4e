package com.sutazai.gateway.openai;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/** The body of an error as OpenAI's clients read it. */
@RegisterForReflection
public record OpenAiError(Details error) {
  /**
   * What went wrong.
   *
   * @param type the kind that clients branch on, such as {@code invalid_request_error}
   * @param param the offending field of the request, if one can be named
   * @param code our own stable name of the error
   */
  @RegisterForReflection
  public record Details(String message, String type, @Nullable String param, String code) {}
}
