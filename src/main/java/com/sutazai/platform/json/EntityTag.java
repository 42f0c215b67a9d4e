package com.sutazai.platform.json;

import com.sutazai.platform.id.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Entity tags (RFC 9110, section 8.8.3) of what counts its changes, and of bytes. */
public final class EntityTag {
  private static final int BYTES = 16;

  /** The quotes belong to the tag, and a comma may stand between them. */
  private static final Pattern LISTED =
      Pattern.compile("\\G[\\s,]*(?:W/)?(\"[\\x21\\x23-\\x7E\\x80-\\xFF]*\")\\s*(?=,|$)");

  private EntityTag() {}

  public static String of(long version) {
    return "\"" + version + "\"";
  }

  /** A strong tag: other bytes have another one. */
  public static String of(byte[] body) {
    byte[] hash = Arrays.copyOf(Digests.sha256(body), BYTES);
    byte[] text = Base64.getUrlEncoder().withoutPadding().encode(hash);
    return '"' + new String(text, StandardCharsets.US_ASCII) + '"';
  }

  /** Whether an {@code If-Match} header lets this version be changed; none always does. */
  public static boolean matches(@Nullable String ifMatch, long version) {
    return ifMatch == null
        || ifMatch.equals("*")
        || List.of(ifMatch.split("\\s*,\\s*", -1)).contains(of(version));
  }

  /**
   * Whether a field like {@code If-None-Match} lists the tag, or is {@code *}. Weak and strong tags
   * are alike here (section 13.1.2).
   */
  public static boolean isIn(String field, String entityTag) {
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
}
