package com.sutazai.graph;

import com.sutazai.graph.GraphFeed.Progress;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** {@code /api/admin/graph-rebuild}: makes the copy of the graph in Neo4j anew. */
@Path("/api{version:(/v1)?}/admin/graph-rebuild")
@RunOnVirtualThread
@Tag(name = "Agents")
@Requires.Admin
class GraphRebuildResource {
  private final GraphCopy copy;
  private final GraphFeed feed;

  GraphRebuildResource(GraphCopy copy, GraphFeed feed) {
    this.copy = copy;
    this.feed = feed;
  }

  @POST
  @ResponseStatus(202)
  @Operation(
      summary = "Compare the whole copy of the graph in Neo4j with the database",
      description =
          "Begins in the background, unless a rebuild runs already; graphs are answered meanwhile. GET tells how far it"
              + " is. For admins.")
  public Progress rebuild() {
    requireCopy();
    feed.rebuild(false);
    return progress();
  }

  @GET
  @Operation(summary = "How far the last rebuild of the copy in Neo4j is, with what it counted")
  public Progress progress() {
    requireCopy();
    return feed.progress()
        .orElseThrow(
            () ->
                new ProblemException(
                    ErrorCode.WRONG_STATE,
                    "The copy in Neo4j was not begun yet; it is as soon as the database can be written."));
  }

  private void requireCopy() {
    if (copy.address().isEmpty()) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "There is no copy of the graph: graphs are PostgreSQL's. Set NEO4J_URL to have one in Neo4j.");
    }
  }
}
