package com.sutazai.inference;

import com.sutazai.platform.error.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be a model's name. */
public final class ModelName {
  /** Characters that it has at most. */
  public static final int MAX = 200;

  private static final Pattern NAME = Pattern.compile("[\\w.:/@-]{1," + MAX + "}");

  private ModelName() {}

  /** The name, if it may be one; null when there is none. */
  public static @Nullable String optional(String field, @Nullable String name) {
    return name == null ? null : checked(field, name);
  }

  /** The name, if it may be one. */
  public static String checked(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw ProblemException.invalid(
          field, "must be a model's name: at most 200 letters, digits and . _ : / @ -");
    }
    return name;
  }
}
