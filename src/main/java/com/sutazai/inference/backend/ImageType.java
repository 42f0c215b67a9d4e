package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Tells by its first bytes what kind of image a base64 text is. */
final class ImageType {
  private static final int HEAD = 16;

  private ImageType() {}

  /** The media type, or null when it is none of the four that model servers read. */
  static @Nullable String of(String base64) {
    if (base64.length() < HEAD) {
      return null;
    }
    String head;
    try {
      head = new String(Base64.getDecoder().decode(base64.substring(0, HEAD)), ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (head.startsWith("\u0089PNG")) {
      return "image/png";
    }
    if (head.startsWith("\u00ff\u00d8\u00ff")) {
      return "image/jpeg";
    }
    if (head.startsWith("GIF8")) {
      return "image/gif";
    }
    return head.startsWith("RIFF") && head.startsWith("WEBP", 8) ? "image/webp" : null;
  }
}
