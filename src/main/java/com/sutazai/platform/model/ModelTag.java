package com.sutazai.platform.model;

import java.util.List;

/**
 * The part of a model's name behind its last colon. Where a name has none it is {@code latest}:
 * {@code x} and {@code x:latest} are one model, as Ollama has it.
 */
public final class ModelTag {
  private static final String LATEST = ":latest";

  private ModelTag() {}

  /** The name without a tag that says no more than none. */
  public static String plain(String name) {
    return name.endsWith(LATEST) ? name.substring(0, name.length() - LATEST.length()) : name;
  }

  /** The name without its tag, whichever it is. */
  public static String without(String name) {
    int tag = at(name);
    return tag < 0 ? name : name.substring(0, tag);
  }

  /** Whether both mean one model. */
  public static boolean same(String one, String other) {
    return plain(one).equals(plain(other));
  }

  /** All names that mean the model: the one that was said first. */
  public static List<String> spellings(String name) {
    String plain = plain(name);
    if (!plain.equals(name)) {
      return List.of(name, plain);
    }
    return at(name) < 0 ? List.of(name, name + LATEST) : List.of(name);
  }

  /** Where the tag begins; a colon before a slash is that of a port. */
  private static int at(String name) {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? colon : -1;
  }
}
