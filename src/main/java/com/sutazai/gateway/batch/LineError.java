package com.sutazai.gateway.batch;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a batch's input.
 *
 * @param line of the file, counted from 1; null when it is the whole file
 */
@RegisterForReflection
record LineError(String code, @Nullable Integer line, String message, @Nullable String param) {
  /** All of them, or the first ones. */
  @RegisterForReflection
  record Errors(String object, List<LineError> data) {
    static Errors of(List<LineError> errors) {
      return new Errors("list", List.copyOf(errors));
    }
  }

  static LineError ofFile(String code, String message) {
    return new LineError(code, null, message, null);
  }
}
