package com.sutazai.cache;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * How a tier below memory is.
 *
 * @param state {@code up}, {@code down} or {@code skipped}, when it is left alone after failures
 * @param entries when they were counted last; null where they are not
 * @param bytes of those
 */
@RegisterForReflection
public record TierStatistics(
    String tier,
    String state,
    @Nullable Long entries,
    @Nullable Long bytes,
    @Nullable String lastError) {}
