package com.sutazai.dashboard;

import com.sutazai.platform.json.EntityTag;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * A file of the page, in each coding that makes it smaller.
 *
 * @param template what requests for it are counted under
 * @param cacheControl how long others may keep it
 * @param variants the smallest first
 */
record WebFile(String template, String type, String cacheControl, List<Variant> variants) {
  /** The least wanted of all that is not refused (RFC 9110, section 12.5.3). */
  private static final double NOT_NAMED = 0.0001;

  WebFile {
    variants = List.copyOf(variants);
  }

  /**
   * The file in one coding.
   *
   * @param tag a strong one: other bytes have another
   */
  record Variant(Coding coding, Buffer body, String tag) {
    static Variant of(Coding coding, byte[] body) {
      return new Variant(coding, Buffer.buffer(body), EntityTag.of(body));
    }
  }

  /** What fits best; of those that are wanted alike the smallest. Empty if none may be sent. */
  Optional<Variant> choose(Weights accepted) {
    Variant best = null;
    double most = 0;
    for (Variant each : variants) {
      double notNamed = each.coding() == Coding.IDENTITY ? NOT_NAMED : 0;
      double weight = accepted.of(each.coding().token(), notNamed);
      if (weight > most) {
        most = weight;
        best = each;
      }
    }
    return Optional.ofNullable(best);
  }
}
