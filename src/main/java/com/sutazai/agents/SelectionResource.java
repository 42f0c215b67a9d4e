package com.sutazai.agents;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sutazai.agents.BuiltInAgents.Desk;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/agents/selection}: how one of several agents is chosen for a task. */
@Path("/api/agents/selection")
@RunOnVirtualThread
@Tag(name = "Agents")
class SelectionResource {
  private final BuiltInAgents builtIns;
  private final Agents agents;
  private final CurrentCaller caller;

  SelectionResource(BuiltInAgents builtIns, Agents agents, CurrentCaller caller) {
    this.builtIns = builtIns;
    this.agents = agents;
    this.caller = caller;
  }

  /**
   * What is in force, and what it is decided by.
   *
   * @param windowSeconds how far back runs are counted
   * @param agents those of this process, by name
   */
  @RegisterForReflection
  record Choice(
      String strategy, List<String> strategies, long windowSeconds, List<Measured> agents) {}

  /**
   * One agent as it was measured in this process.
   *
   * @param load tasks in its hands by those that it runs at once
   * @param runs tries that ended within the window
   * @param successRate share of them that completed; null without runs
   * @param meanMs mean time of one; null without runs
   * @param score 0 to 1, for the strategy {@code score}
   */
  @RegisterForReflection
  @JsonInclude
  record Measured(
      UUID id,
      String name,
      Set<String> taskTypes,
      boolean active,
      int priority,
      double load,
      long runs,
      @Nullable Double successRate,
      @Nullable Double meanMs,
      double score) {
    static Measured of(Desk desk) {
      RecentRuns.Summary recent = desk.recent();
      return new Measured(
          desk.id(),
          desk.agent().name(),
          desk.agent().taskTypes(),
          desk.isActive(),
          desk.priority(),
          desk.load(),
          recent.runs(),
          recent.successRate(),
          recent.meanMs(),
          Selection.score(desk));
    }
  }

  /** What is to be in force. */
  @RegisterForReflection
  record Wanted(
      @Schema(
              enumeration = {
                "least_loaded",
                "round_robin",
                "capability_match",
                "priority",
                "score"
              })
          @Nullable String strategy) {}

  @Requires.AgentsRead
  @GET
  @Operation(summary = "How agents are chosen, with what was measured of each")
  public Choice read() {
    return new Choice(
        builtIns.strategy().word(),
        Arrays.stream(Strategy.values()).map(Strategy::word).toList(),
        RecentRuns.WINDOW.toSeconds(),
        builtIns.desks().stream().map(Measured::of).toList());
  }

  @Requires.Admin
  @PUT
  @Consumes(MediaType.APPLICATION_JSON) // a text would be taken for the one field
  @Operation(summary = "Choose agents by another strategy, in every process within five seconds")
  public Choice choose(@Nullable Wanted wanted) {
    if (wanted == null || wanted.strategy() == null) {
      throw ProblemException.invalid("strategy", "is required");
    }
    agents.use(caller.get(), Strategy.of("strategy", wanted.strategy()));
    return read();
  }
}
