package com.sutazai.platform.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entity tags (RFC 9110, section 8.8.3) of what counts its changes. */
public final class EntityTag {
  private EntityTag() {}

  public static String of(long version) {
    return "\"" + version + "\"";
  }

  /** Whether an {@code If-Match} header lets this version be changed; none always does. */
  public static boolean matches(@Nullable String ifMatch, long version) {
    return ifMatch == null
        || ifMatch.equals("*")
        || List.of(ifMatch.split("\\s*,\\s*", -1)).contains(of(version));
  }
}
