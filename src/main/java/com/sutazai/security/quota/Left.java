package com.sutazai.security.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a limit, as far as this process knows.
 *
 * @param name as in {@code limits} of a key
 * @param limit what may be had
 * @param left of it; what running generations may still cost is taken off
 * @param resetSeconds until all of it is there again if nothing is used; null where nothing refills
 */
@RegisterForReflection
@JsonInclude
public record Left(String name, long limit, long left, @Nullable Long resetSeconds) {
  static Left of(Limit name, long limit, long left, double resetMillis) {
    return new Left(name.text(), limit, left, resetMillis == 0 ? null : seconds(resetMillis));
  }

  static Left of(Limit name, Bucket bucket, long now) {
    return new Left(name.text(), bucket.limit(), bucket.free(now), seconds(bucket.untilFull(now)));
  }

  /** Rounded up, but for errors of arithmetic. */
  private static long seconds(double millis) {
    return (long) Math.ceil(millis / 1000 - 1e-6);
  }
}
