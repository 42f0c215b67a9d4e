package com.sutazai.security.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.security.quota.Limits;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A key to be made.
 *
 * @param owner by name, made when there is none; the caller's own when left out
 * @param scopes at least one
 * @param models that it may ask; all when left out
 * @param taskTypes that it may submit; all when left out
 * @param expiresAt never when left out
 * @param limits those of the settings when left out
 */
@RegisterForReflection
record MakeKey(
    @Nullable String name,
    @Nullable String owner,
    @Nullable List<String> scopes,
    @Nullable List<String> models,
    @Nullable List<String> taskTypes,
    @Nullable Instant expiresAt,
    @Schema(implementation = Limits.class) @Nullable JsonNode limits) {
  private static final int LONGEST_NAME = 255;

  /** The same, checked. */
  Checked checked(Instant now) {
    String named = Check.text("name", name, LONGEST_NAME);
    if (owner != null) {
      Owners.checkName(owner);
    }
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw ProblemException.invalid("expires_at", "must be later than now, " + now);
    }
    return new Checked(
        named,
        Scope.read("scopes", scopes).stream().map(Scope::text).toList(),
        Check.words("models", models),
        Check.words("task_types", taskTypes),
        expiresAt);
  }

  /** What is stored of it. */
  record Checked(
      String name,
      List<String> scopes,
      List<String> models,
      List<String> taskTypes,
      @Nullable Instant expiresAt) {
    boolean admin() {
      return scopes.contains(Scope.ADMIN.text());
    }
  }
}
