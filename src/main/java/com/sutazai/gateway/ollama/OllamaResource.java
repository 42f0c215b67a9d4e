package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.inference.ModelRequest;
import com.sutazai.inference.backend.LegacyEmbeddings;
import com.sutazai.inference.backend.Operation;
import com.sutazai.platform.caller.CurrentCaller;
import com.sutazai.platform.caller.Requires;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * What Ollama's clients ask a model. A body is JSON whatever media type it claims: Ollama's own
 * examples send none.
 */
@Path("/api")
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
@Tag(name = "Ollama")
@Requires.ModelsUse
class OllamaResource {
  private final Door door;
  private final OllamaRequests requests;
  private final OllamaLines lines;
  private final CurrentCaller caller;

  OllamaResource(Door door, OllamaRequests requests, OllamaLines lines, CurrentCaller caller) {
    this.door = door;
    this.requests = requests;
    this.lines = lines;
    this.caller = caller;
  }

  @POST
  @Path("/generate")
  public Response generate(byte @Nullable [] body) throws InterruptedException {
    return answer(Operation.GENERATE, door.object(body));
  }

  @POST
  @Path("/chat")
  public Response chat(byte @Nullable [] body) throws InterruptedException {
    return answer(Operation.CHAT, door.object(body));
  }

  private Response answer(Operation operation, ObjectNode body) throws InterruptedException {
    boolean stream = Door.flag(body, "stream", true);
    ModelRequest request = requests.of(caller.get(), operation, body);
    if (requests.onlyLoads(request) && !requests.reachesOllama(request)) {
      return Response.ok(requests.loaded(request), MediaType.APPLICATION_JSON).build();
    }
    return stream ? door.streamed(request, lines) : door.whole(request);
  }

  @POST
  @Path("/embed")
  public JsonNode embed(byte @Nullable [] body) throws InterruptedException {
    return door.embedded(requests.of(caller.get(), Operation.EMBED, door.object(body)));
  }

  /** The older form: one prompt, one embedding. */
  @POST
  @Path("/embeddings")
  public JsonNode embeddings(byte @Nullable [] body) throws InterruptedException {
    ObjectNode asked = LegacyEmbeddings.request(door.object(body));
    return LegacyEmbeddings.answer(
        door.embedded(requests.of(caller.get(), Operation.EMBED, asked)));
  }
}
