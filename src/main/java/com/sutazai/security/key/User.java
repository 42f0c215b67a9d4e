package com.sutazai.security.key;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Somebody who logs in.
 *
 * @param roles some of {@code viewer}, {@code user}, {@code administrator}
 */
@RegisterForReflection
record User(
    UUID id, String email, String name, String owner, List<String> roles, Instant createdAt) {}
