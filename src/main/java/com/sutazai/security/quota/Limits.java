package com.sutazai.security.quota;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How much may be asked for; what is null is left to the settings, and without them unlimited.
 *
 * @param requestsPerMinute requests
 * @param tokensPerMinute tokens of models, asked and answered
 * @param tokensPerDay the same from midnight to midnight (UTC)
 * @param concurrentGenerations answers of models that are made at once
 * @param waitingTasks waiting tasks of the owner past which no more are taken
 * @param weight share before the models beside others, who have 1; null for that of the owner
 */
@RegisterForReflection
public record Limits(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Long tokensPerDay,
    @Nullable Integer concurrentGenerations,
    @Nullable Integer waitingTasks,
    @Nullable Integer weight) {
  private static final long MOST = 1_000_000_000_000L;
  private static final int MOST_AT_ONCE = 1_000_000;
  private static final int MOST_WEIGHT = 100;

  public static final Limits NONE = new Limits(null, null, null, null, null, null);

  /** Those of the settings; what is out of bounds keeps the program from starting. */
  static Limits of(QuotaConfig config) {
    var limits =
        new Limits(
            config.requestsPerMinute().orElse(null),
            config.tokensPerMinute().orElse(null),
            config.tokensPerDay().orElse(null),
            config.concurrentGenerations().orElse(null),
            config.waitingTasks().orElse(null),
            null);
    limits.check(
        (name, rule) ->
            new StartException("sutazai.quotas." + name.replace('_', '-') + " " + rule));
    return limits;
  }

  /** The same, each of it within its bounds. */
  public Limits checked() {
    check((name, rule) -> ProblemException.invalid("limits." + name, rule));
    return this;
  }

  private void check(BiFunction<String, String, RuntimeException> refusal) {
    check("requests_per_minute", requestsPerMinute, MOST, refusal);
    check("tokens_per_minute", tokensPerMinute, MOST, refusal);
    check("tokens_per_day", tokensPerDay, MOST, refusal);
    check("concurrent_generations", concurrentGenerations, MOST_AT_ONCE, refusal);
    check("waiting_tasks", waitingTasks, MOST_AT_ONCE, refusal);
    check("weight", weight, MOST_WEIGHT, refusal);
  }

  private static void check(
      String name,
      @Nullable Number value,
      long most,
      BiFunction<String, String, RuntimeException> refusal) {
    if (value != null && (value.longValue() < 1 || value.longValue() > most)) {
      throw refusal.apply(name, "must be between 1 and " + most + ", is " + value);
    }
  }

  /** With these where nothing is said. */
  Limits or(Limits other) {
    return new Limits(
        either(requestsPerMinute, other.requestsPerMinute),
        either(tokensPerMinute, other.tokensPerMinute),
        either(tokensPerDay, other.tokensPerDay),
        either(concurrentGenerations, other.concurrentGenerations),
        either(waitingTasks, other.waitingTasks),
        either(weight, other.weight));
  }

  private static <T> @Nullable T either(@Nullable T one, @Nullable T other) {
    return one == null ? other : one;
  }

  /** Whether nothing is limited. */
  boolean none() {
    return equals(NONE);
  }
}
