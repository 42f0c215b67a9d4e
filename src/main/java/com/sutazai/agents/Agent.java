package com.sutazai.agents;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.sutazai.platform.json.EntityTag;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An agent as callers see it.
 *
 * @param status {@code active}, {@code inactive} (takes no tasks) or {@code offline} (did not
 *     report)
 * @param config free JSON object of its owner
 * @param load what it runs now in this process; null for agents that do not run here
 * @param tasks its newest tasks, at most 50; only present when asked for
 * @param version grows with each change; the ETag
 */
@RegisterForReflection
public record Agent(
    UUID id,
    String name,
    String type,
    @Schema(enumeration = {"active", "inactive", "offline"}) String status,
    List<String> capabilities,
    @JsonRawValue String config,
    boolean builtIn,
    @Nullable Load load,
    Instant createdAt,
    Instant updatedAt,
    @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String tasks,
    @JsonIgnore long version) {

  /**
   * @param running tasks in its hands now
   * @param limit how many it takes at once
   */
  @RegisterForReflection
  public record Load(int running, int limit) {}

  static Agent from(Row row, @Nullable String tasks) {
    return new Agent(
        row.getUUID("id"),
        row.getString("name"),
        row.getString("type"),
        row.getString("status"),
        List.of(row.getArrayOfStrings("capabilities")),
        row.getString("config"),
        row.getBoolean("built_in"),
        null,
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("updated_at").toInstant(),
        tasks,
        row.getLong("version"));
  }

  Agent with(@Nullable Load measured) {
    return new Agent(
        id,
        name,
        type,
        status,
        capabilities,
        config,
        builtIn,
        measured,
        createdAt,
        updatedAt,
        tasks,
        version);
  }

  String etag() {
    return EntityTag.of(version);
  }
}
