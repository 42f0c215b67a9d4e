package com.sutazai.cache;

import java.time.Duration;

/**
 * How a region keeps what it has.
 *
 * @param name the value of the label {@code cache_type}
 * @param ttl how long an entry is fresh
 * @param maxBytes of entries in memory
 * @param staleIfError how long after that it is still answered when the database is away
 */
record RegionSettings(String name, Duration ttl, long maxBytes, Duration staleIfError) {}
