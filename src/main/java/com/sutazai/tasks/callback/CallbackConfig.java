package com.sutazai.tasks.callback;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** How callbacks are signed, where they may go, and how often they are tried. */
@ConfigMapping(prefix = "sutazai.tasks.callback")
public interface CallbackConfig {
  /**
   * Whether they may go to loopback, private and other addresses that the internet cannot reach.
   */
  @WithDefault("false")
  boolean allowPrivate();

  /**
   * Signs all callbacks: {@code whsec_} and base64, or any text, at least 16 bytes; unset, each
   * owner has a secret of its own.
   */
  Optional<String> secret();

  /** Tries of one delivery; past them, or a day after the task's end, it has failed. */
  @WithDefault("8")
  @Min(1)
  int maxAttempts();

  /** Pause before the second try; four times as long with each further one, with jitter. */
  @WithDefault("10s")
  @DurationMin
  Duration retryPause();

  /** How long one try may take: finding the address, connecting, and the answer. */
  @WithDefault("10s")
  @DurationMin(millis = 1)
  Duration timeout();

  /**
   * Tries that this process makes at once; one owner's go to one receiver with a third of them at
   * most, and leave a third to other owners.
   */
  @WithDefault("10")
  @Min(1)
  int concurrency();
}
