package com.sutazai.graph;

import com.sutazai.graph.AgentGraph.Wanted;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/graph}: who did what for whom. */
@Path("/api/graph")
@RunOnVirtualThread
@Tag(name = "Agents")
@Requires.AgentsRead
@Requires.TasksRead
class GraphResource {
  private final Graphs graphs;
  private final CurrentCaller caller;

  GraphResource(Graphs graphs, CurrentCaller caller) {
    this.graphs = graphs;
    this.caller = caller;
  }

  @GET
  @Path("/agents/{id}")
  @Operation(
      summary = "An agent, its newest tasks, the tasks that they are linked with and their agents",
      description =
          "limit is how many tasks of its own are shown, 50 by default; store says what was asked, neo4j or postgresql")
  public AgentGraph agent(
      @PathParam("id") String id, @QueryParam("limit") @Nullable Integer limit) {
    UUID agent = Ids.parse("agent", id);
    return graphs
        .find(new Wanted(caller.get().owner(), agent, Pages.limit(limit)))
        .orElseThrow(() -> ProblemException.notFound("agent", agent));
  }
}
