package com.sutazai.gateway.batch;

import com.sutazai.platform.error.ProblemException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Identifiers as OpenAI's clients know them: a prefix that says of what, and 32 digits. */
final class WireId {
  private static final String FILE = "file-";
  private static final String BATCH = "batch_";
  private static final Pattern DIGITS =
      Pattern.compile("(\\p{XDigit}{8})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{4})(.{12})");

  private WireId() {}

  static String file(UUID id) {
    return FILE + hex(id);
  }

  static String batch(UUID id) {
    return BATCH + hex(id);
  }

  static String hex(UUID id) {
    return id.toString().replace("-", "");
  }

  /** The file's id; anything that is not one cannot exist, so the answer is 404. */
  static UUID parseFile(String text) {
    return parse("file", FILE, text);
  }

  static UUID parseBatch(String text) {
    return parse("batch", BATCH, text);
  }

  /** The id to read on after in a list; null for its beginning. */
  static @Nullable UUID after(@Nullable String text, boolean files) {
    if (text == null) {
      return null;
    }
    try {
      return files ? parseFile(text) : parseBatch(text);
    } catch (ProblemException e) {
      throw ProblemException.invalid("after", "must be the id of the last item seen");
    }
  }

  private static UUID parse(String what, String prefix, String text) {
    if (text.startsWith(prefix)) {
      Matcher digits = DIGITS.matcher(text.substring(prefix.length()));
      if (digits.matches()) {
        try {
          return UUID.fromString(digits.replaceFirst("$1-$2-$3-$4-$5"));
        } catch (IllegalArgumentException e) {
          // falls through to the same answer
        }
      }
    }
    throw ProblemException.notFound(what, text.length() > 60 ? text.substring(0, 60) + "…" : text);
  }
}
