package com.sutazai.security.limit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the text of a path means. */
final class PathText {
  private PathText() {}

  /** With its percent-encoded bytes as characters; null when one is malformed. */
  static @Nullable String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether a segment of it stands for the same or the parent segment, on any system. */
  static boolean leadsElsewhere(String decoded) {
    int start = 0;
    for (int i = 0; i <= decoded.length(); i++) {
      if (i == decoded.length() || decoded.charAt(i) == '/' || decoded.charAt(i) == '\\') {
        String segment = decoded.substring(start, i);
        int end = segment.indexOf(';');
        String name = end < 0 ? segment : segment.substring(0, end);
        if (name.equals(".") || name.equals("..")) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }
}
