package com.sutazai.resources;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;

/**
 * A lease as callers see it.
 *
 * @param amount in {@code unit}
 */
@RegisterForReflection
public record LeaseView(
    UUID id,
    String type,
    Number amount,
    String unit,
    String holder,
    int priority,
    boolean preemptible,
    Instant createdAt,
    Instant expiresAt) {
  static LeaseView of(Lease lease) {
    ResourceType type = lease.type();
    return new LeaseView(
        lease.id(),
        type.label(),
        type.amount(lease.units()),
        type.unit(),
        lease.holder().name(),
        lease.priority(),
        lease.preemptible(),
        lease.createdAt(),
        lease.expiresAt());
  }
}
