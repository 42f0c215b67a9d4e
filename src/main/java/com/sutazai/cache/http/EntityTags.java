package com.sutazai.cache.http;

import com.sutazai.platform.id.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entity tags of answers (RFC 9110, sections 8.8.3 and 13.1.2). */
final class EntityTags {
  private static final int BYTES = 16;

  /** The quotes belong to the tag, and a comma may stand between them. */
  private static final Pattern LISTED =
      Pattern.compile("\\G[\\s,]*(?:W/)?(\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\")\\s*(?=,|$)");

  private EntityTags() {}

  /** Whether the field's list has the tag, or is {@code *}. Weak and strong tags are alike here. */
  static boolean contain(String field, String entityTag) {
    if (field.equals(entityTag) || field.strip().equals("*")) {
      return true;
    }
    String opaque = entityTag.startsWith("W/") ? entityTag.substring(2) : entityTag;
    Matcher each = LISTED.matcher(field);
    while (each.find()) {
      if (each.group(1).equals(opaque)) {
        return true;
      }
    }
    return false;
  }

  /** A strong tag: other bytes have another one. */
  static String of(byte[] body) {
    byte[] hash = Arrays.copyOf(Digests.sha256(body), BYTES);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(hash);
    return '"' + new String(text, StandardCharsets.US_ASCII) + '"';
  }
}
