package com.sutazai.agents.documents;

import java.util.Map;

/** Which text search configuration of PostgreSQL is for a language; each server has these. */
final class SearchConfiguration {
  /** Words as they are, in lower case. */
  static final String SIMPLE = "simple";

  private static final Map<String, String> BY_LANGUAGE =
      Map.ofEntries(
          Map.entry("ar", "arabic"),
          Map.entry("da", "danish"),
          Map.entry("de", "german"),
          Map.entry("el", "greek"),
          Map.entry("en", "english"),
          Map.entry("es", "spanish"),
          Map.entry("fi", "finnish"),
          Map.entry("fr", "french"),
          Map.entry("hi", "hindi"),
          Map.entry("hu", "hungarian"),
          Map.entry("it", "italian"),
          Map.entry("nl", "dutch"),
          Map.entry("no", "norwegian"),
          Map.entry("pt", "portuguese"),
          Map.entry("ro", "romanian"),
          Map.entry("ru", "russian"),
          Map.entry("sv", "swedish"),
          Map.entry("tr", "turkish"));

  private SearchConfiguration() {}

  static String of(String language) {
    return BY_LANGUAGE.getOrDefault(language, SIMPLE);
  }
}
