package com.sutazai.resources;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease as callers ask for it.
 *
 * @param amount in the unit of the type
 * @param holder by default the caller's name
 * @param priority 0 to 10, 5 by default
 * @param durationSeconds 300 by default
 * @param waitSeconds 0 by default
 */
@RegisterForReflection
public record LeaseRequest(
    @Nullable String type,
    @Nullable Double amount,
    @Nullable String holder,
    @Nullable Integer priority,
    @Nullable Integer durationSeconds,
    @Nullable Integer waitSeconds,
    @Nullable Boolean preemptible) {
  private static final int USUAL_SECONDS = 300;

  /** The checked request; {@code id} becomes that of the lease. */
  Ask check(Caller caller, UUID id, LedgerConfig config) {
    ResourceType named =
        ResourceType.find(type == null ? "" : type)
            .orElseThrow(
                () -> ProblemException.invalid("type", "must be one of " + ResourceType.labels()));
    if (amount == null) {
      throw ProblemException.invalid("amount", "is required, in " + named.unit());
    }
    if (named == ResourceType.MODEL_SLOTS && !caller.admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN,
          "Only an admin may lease model_slots; requests to models need none.");
    }
    int longest = (int) config.maxDuration().toSeconds();
    return new Ask(
        id,
        named,
        named.units("amount", amount),
        Holder.of(caller, holder == null ? caller.ownerName() : Check.text("holder", holder, 100)),
        Check.range("priority", priority, 0, 10, 5),
        Boolean.TRUE.equals(preemptible),
        Duration.ofSeconds(
            Check.range(
                "duration_seconds", durationSeconds, 1, longest, Math.min(USUAL_SECONDS, longest))),
        Duration.ofSeconds(
            Check.range("wait_seconds", waitSeconds, 0, (int) config.maxWait().toSeconds(), 0)));
  }
}
