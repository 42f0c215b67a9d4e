package com.sutazai.resources;

import java.time.Instant;
import java.util.UUID;

/**
 * A part of a resource that somebody has until it is released, ends, or makes way for a more urgent
 * one.
 *
 * @param units see {@link ResourceType}
 * @param priority 0 to 10
 * @param preemptible whether a lease of higher priority may end it
 */
public record Lease(
    UUID id,
    ResourceType type,
    long units,
    Holder holder,
    int priority,
    boolean preemptible,
    Instant createdAt,
    Instant expiresAt) {}
