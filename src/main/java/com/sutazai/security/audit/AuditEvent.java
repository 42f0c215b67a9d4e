package com.sutazai.security.audit;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done or refused.
 *
 * @param owner whose credentials came with the request; null where nobody was recognised
 * @param keyId the key; null with other credentials
 * @param action the request's method and route, or what the program did, such as {@code key.make}
 * @param target path of the request, or id of what was changed; never a query, a body or a secret
 * @param outcome {@code done}, {@code denied} or {@code failed}
 * @param status of the answer; null where the row was written with the change
 * @param address where the request came from
 * @param count how many of one kind stand for this row, within ten seconds
 */
@RegisterForReflection
record AuditEvent(
    UUID id,
    Instant at,
    @Nullable UUID ownerId,
    @Nullable String owner,
    @Nullable UUID keyId,
    String action,
    String target,
    String outcome,
    @Nullable Integer status,
    @Nullable String address,
    @Nullable String requestId,
    int count) {
  static final String DONE = "done";
  static final String DENIED = "denied";
  static final String FAILED = "failed";

  AuditEvent counting(int many) {
    return new AuditEvent(
        id, at, ownerId, owner, keyId, action, target, outcome, status, address, requestId, many);
  }

  /** Of one kind are refusals of one status to one address, whatever they were about. */
  record Kind(@Nullable String address, @Nullable Integer status, @Nullable UUID ownerId) {
    static Kind of(AuditEvent event) {
      return new Kind(event.address(), event.status(), event.ownerId());
    }
  }
}
