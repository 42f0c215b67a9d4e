package com.sutazai.engine.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model's name as Ollama's users write it, {@code tinyllama}, {@code llama3.2:1b} or {@code
 * hf.co/owner/name:tag}. No part of one begins with a dot, so none leads out of a folder.
 *
 * @param path what is before the tag
 * @param tag {@code latest} where none is written
 */
public record ModelReference(String path, String tag) {
  private static final String LATEST = "latest";
  private static final String SUFFIX = ".gguf";
  private static final int LONGEST = 200;
  private static final String PART = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}";
  private static final Pattern NAME =
      Pattern.compile("(" + PART + "(?:/" + PART + "){0,2})(?::(" + PART + "))?");

  /** What stands for a slash in the name of a file. */
  private static final char SLASH = '+';

  /** Reads a name; empty when it may not be one. */
  public static Optional<ModelReference> parse(String text) {
    Matcher matcher = NAME.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      return Optional.empty();
    }
    String tag = matcher.group(2);
    return Optional.of(new ModelReference(matcher.group(1), tag == null ? LATEST : tag));
  }

  /** The model that is in a file of this name; empty when it is no model's. */
  public static Optional<ModelReference> ofFile(String fileName) {
    return fileName.endsWith(SUFFIX) && fileName.indexOf('/') < 0
        ? parse(fileName.substring(0, fileName.length() - SUFFIX.length()).replace(SLASH, '/'))
        : Optional.empty();
  }

  /** Its name with the tag, as Ollama lists it. */
  public String name() {
    return path + ":" + tag;
  }

  /** Its name without a tag that need not be said. */
  public String shortName() {
    return tag.equals(LATEST) ? path : name();
  }

  String fileName() {
    return shortName().replace('/', SLASH) + SUFFIX;
  }
}
