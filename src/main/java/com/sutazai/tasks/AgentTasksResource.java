package com.sutazai.tasks;

import com.sutazai.agents.Agents;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.json.Pages.Page;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/agents/{id}/tasks}: an agent's tasks, as {@code /api/tasks?agent_id=} lists them. */
@Path("/api{version:(/v1)?}/agents/{id}/tasks")
@Tag(name = "Agents")
@RunOnVirtualThread
@Requires.TasksRead
class AgentTasksResource {
  private final Agents agents;
  private final TaskResource tasks;
  private final CurrentCaller caller;

  AgentTasksResource(Agents agents, TaskResource tasks, CurrentCaller caller) {
    this.agents = agents;
    this.tasks = tasks;
    this.caller = caller;
  }

  @GET
  @Operation(summary = "The caller's tasks that this agent has or had, newest first")
  public Page<Task> list(
      @PathParam("id") String id,
      @QueryParam("status") @Nullable String status,
      @QueryParam("type") @Nullable String type,
      @QueryParam("dead") @Nullable Boolean dead,
      @QueryParam("include") @Nullable String include,
      @QueryParam("limit") @Nullable Integer limit,
      @QueryParam("cursor") @Nullable String cursor) {
    agents.find(caller.get(), Ids.parse("agent", id));
    return tasks.list(status, type, id, dead, include, limit, cursor);
  }
}
