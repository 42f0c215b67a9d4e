package com.sutazai.resources.machine;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Memory in bytes.
 *
 * @param capacity the smallest limit of the control groups, or what the machine has
 * @param free of that: what can be had without the file cache's being in the way
 * @param limited whether a control group sets the limit
 */
@RegisterForReflection
public record Memory(long capacity, long free, boolean limited) {}
