package com.sutazai.platform.model;

import java.util.List;

/**
 * The part of a model's name behind its last colon. Where a name has none it is {@code latest}:
 * {@code x} and {@code x:latest} are one model, as Ollama has it.
 */
public final class ModelTag {
  /** Characters of the longest name that is kept with what the model did. */
  public static final int LONGEST = 255;

  private static final String LATEST = ":latest";

  private ModelTag() {}

  /** Whether what the model does can be kept under the name: it is neither empty nor too long. */
  public static boolean isName(String name) {
    return !name.isEmpty() && name.length() <= LONGEST && name.indexOf('\0') < 0;
  }

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
