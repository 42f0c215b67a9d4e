package com.sutazai.security.quota;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** What a key may ask for that says nothing itself, and who comes without a key. */
@ConfigMapping(prefix = "sutazai.quotas")
interface QuotaConfig {
  /** Requests a minute; none when left out. */
  Optional<Long> requestsPerMinute();

  /** Tokens of models a minute, asked and answered; none when left out. */
  Optional<Long> tokensPerMinute();

  /** Tokens of models a day (UTC), asked and answered; none when left out. */
  Optional<Long> tokensPerDay();

  /** Answers of models that are made at once; none when left out. */
  Optional<Integer> concurrentGenerations();

  /** Waiting tasks of the key's owner past which the key may add no more; none when left out. */
  Optional<Integer> waitingTasks();

  /** Whether all this holds for the owner {@code local} and administrators without a key, too. */
  @WithDefault("false")
  boolean includeLocal();
}
