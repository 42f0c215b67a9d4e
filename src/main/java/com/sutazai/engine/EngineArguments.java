package com.sutazai.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Arguments of the form {@code --name=value}, each of which is to be asked for. */
final class EngineArguments {
  private final Map<String, String> values = new LinkedHashMap<>();

  EngineArguments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException(argument + " is not of the form --name=value");
      }
      values.put(argument.substring(2, equals), argument.substring(equals + 1));
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.remove(name));
  }

  long number(String name, long otherwise) {
    Optional<String> text = text(name);
    try {
      return text.map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + "=" + text.get() + " is no number", e);
    }
  }

  void checkAllKnown() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException(
          "--" + values.keySet().iterator().next() + " is not known");
    }
  }
}
