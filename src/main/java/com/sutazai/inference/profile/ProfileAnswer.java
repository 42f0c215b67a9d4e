package com.sutazai.inference.profile;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** What somebody who asks for a profile is told. */
public sealed interface ProfileAnswer permits ModelProfile, ProfileAnswer.UnderWay {
  /**
   * It takes longer than a caller is kept waiting.
   *
   * @param status {@code measuring}
   * @param limitSeconds how long it takes at most, from its start
   */
  @RegisterForReflection
  record UnderWay(String model, String status, Instant startedAt, long limitSeconds)
      implements ProfileAnswer {}
}
