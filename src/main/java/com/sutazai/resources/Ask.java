package com.sutazai.resources;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * What somebody wants to lease.
 *
 * @param id of the lease; asking again with the id of one's lease answers that lease
 * @param duration how long the lease lasts from when it is granted
 * @param patience how long to wait for it
 */
public record Ask(
    UUID id,
    ResourceType type,
    long units,
    Holder holder,
    int priority,
    boolean preemptible,
    Duration duration,
    Duration patience) {
  Lease granted(Instant now) {
    return new Lease(id, type, units, holder, priority, preemptible, now, now.plus(duration));
  }
}
