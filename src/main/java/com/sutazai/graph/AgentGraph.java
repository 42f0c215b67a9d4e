package com.sutazai.graph;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.sqlclient.Row;
import java.util.UUID;

/**
 * An agent, its newest tasks of the caller, and what these are linked with.
 *
 * @param agent {@code {id, name, type, status}}
 * @param tasks its tasks, newest first, and those that led to them or that they led to: each {@code
 *     {id, type, status, agent_id, agent, created_at, completed_at}}
 * @param links {@code {from, to, kind}} between two tasks: {@code submitted} when the work on one
 *     made the other, {@code awaited} when the other waited for it
 * @param partners other agents whose tasks are linked with its own: each {@code {id, name, asked,
 *     asked_by}}; {@code asked} counts links from its tasks to theirs, {@code asked_by} the others
 * @param complete whether these are all of its tasks
 */
@RegisterForReflection
@JsonInclude
record AgentGraph(
    @JsonRawValue String agent,
    @JsonRawValue String tasks,
    @JsonRawValue String links,
    @JsonRawValue String partners,
    boolean complete) {
  static AgentGraph from(Row row) {
    return new AgentGraph(
        row.getString("agent"),
        row.getString("tasks"),
        row.getString("links"),
        row.getString("partners"),
        row.getBoolean("complete"));
  }

  /**
   * Which graph is wanted.
   *
   * @param owner whose tasks
   * @param limit tasks of the agent at most
   */
  record Wanted(UUID owner, UUID agent, int limit) {}
}
