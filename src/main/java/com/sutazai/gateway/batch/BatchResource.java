package com.sutazai.gateway.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /v1/batches}. */
@Path("/v1/batches")
@Tag(name = "OpenAI batches")
@RunOnVirtualThread
@Consumes(MediaType.WILDCARD)
@Requires.ModelsUse
class BatchResource {
  private static final int MOST = 100;
  private static final int BY_DEFAULT = 20;
  private static final String EXAMPLE =
      """
      {"input_file_id": "file-0190…", "endpoint": "/v1/chat/completions", "completion_window": "24h"}\
      """;

  private final Batches batches;
  private final CurrentCaller caller;
  private final ObjectMapper json;

  BatchResource(Batches batches, CurrentCaller caller, ObjectMapper json) {
    this.batches = batches;
    this.caller = caller;
    this.json = json;
  }

  @Operation(summary = "Begin a batch: the requests in a file's lines, answered within the window")
  @POST
  public Batch make(
      @RequestBody(content = @Content(mediaType = MediaType.APPLICATION_JSON, example = EXAMPLE))
          @Nullable String body) {
    if (!caller.get().allowed().models().isEmpty()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN, "A key that may ask only some models cannot begin batches.");
    }
    return batches.make(caller.get(), MakeBatch.from(parse(body)));
  }

  private JsonNode parse(@Nullable String body) {
    try {
      JsonNode node = json.readTree(body == null ? "" : body);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new ProblemException(ErrorCode.INVALID_JSON, "The body must be a JSON object.")
          .causedBy(e);
    }
    throw ProblemException.invalid("body", "must be a JSON object");
  }

  @Operation(summary = "The caller's batches, newest first")
  @GET
  public Listing<Batch> list(
      @QueryParam("after") @Nullable String after, @QueryParam("limit") @Nullable String limit) {
    return batches.list(
        caller.get(), WireId.after(after, false), Limit.of(limit, MOST, BY_DEFAULT));
  }

  @Operation(summary = "One batch; request_counts grow while it runs")
  @GET
  @Path("/{id}")
  public Batch read(@PathParam("id") String id) {
    return batches.find(caller.get(), WireId.parseBatch(id));
  }

  @Operation(summary = "Cancel a batch; what was answered by then is in its output")
  @POST
  @Path("/{id}/cancel")
  public Batch cancel(@PathParam("id") String id) {
    return batches.cancel(caller.get(), WireId.parseBatch(id));
  }
}
