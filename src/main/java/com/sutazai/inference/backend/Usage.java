package com.sutazai.inference.backend;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Tokens of one answer, as the model server counted them. */
@RegisterForReflection
public record Usage(long promptTokens, long completionTokens, long totalTokens) {
  public static Usage of(long promptTokens, long completionTokens) {
    return new Usage(promptTokens, completionTokens, promptTokens + completionTokens);
  }
}
