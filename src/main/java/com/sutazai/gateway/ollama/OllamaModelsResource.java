package com.sutazai.gateway.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.Door;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.ModelServers.Listed;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpMethod;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What Ollama's clients ask about models, and have done to them. */
@Path("/api")
@Consumes(MediaType.WILDCARD)
@RunOnVirtualThread
@Tag(name = "Ollama")
class OllamaModelsResource {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Door door;
  private final ModelServers servers;
  private final OllamaProgress progress;
  private final String version;

  OllamaModelsResource(
      Door door,
      ModelServers servers,
      OllamaProgress progress,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.door = door;
    this.servers = servers;
    this.progress = progress;
    this.version = version;
  }

  /** The models of all servers; one that does not speak Ollama's dialect tells the name only. */
  @Requires.ModelsUse
  @GET
  @Path("/tags")
  public JsonNode tags() throws InterruptedException {
    ArrayNode models = JSON.arrayNode();
    for (Listed each : servers.list()) {
      models.add(
          each.ollama()
              ? each.described()
              : JSON.objectNode().put("name", each.name()).put("model", each.name()));
    }
    return JSON.objectNode().set("models", models);
  }

  /** The models that are loaded now. */
  @Requires.ModelsUse
  @GET
  @Path("/ps")
  public JsonNode loaded() throws InterruptedException {
    ArrayNode models = JSON.arrayNode();
    servers.askEach("/api/ps").values().forEach(each -> each.path("models").forEach(models::add));
    return JSON.objectNode().set("models", models);
  }

  /** The version of the first server that answers: clients choose by it what they send. */
  @Requires.ModelsUse
  @GET
  @Path("/version")
  public JsonNode version() throws InterruptedException {
    return servers.askEach("/api/version").values().stream()
        .findFirst()
        .orElseGet(() -> JSON.objectNode().put("version", version));
  }

  @Requires.ModelsUse
  @POST
  @Path("/show")
  public JsonNode show(byte @Nullable [] body) throws InterruptedException {
    ObjectNode asked = door.object(body);
    String model = OllamaRequests.modelName(asked);
    Resolved resolved = servers.find(model);
    Backend server = resolved.servers().getFirst();
    if (!server.isOllama()) {
      return JSON.objectNode()
          .<ObjectNode>set("details", JSON.objectNode())
          .set("model_info", JSON.objectNode());
    }
    asked.remove("name");
    asked.put("model", server.find(model).orElse(resolved.name())); // it knows no aliases of ours
    JsonNode answer = servers.ask(server, HttpMethod.POST, "/api/show", asked);
    return answer == null ? JSON.objectNode() : answer;
  }

  @Requires.ModelsAdmin
  @POST
  @Path("/pull")
  public Response pull(byte @Nullable [] body) throws InterruptedException {
    return progress.of(adminServers(), "/api/pull", door.object(body));
  }

  @Requires.ModelsAdmin
  @POST
  @Path("/create")
  public Response create(byte @Nullable [] body) throws InterruptedException {
    return progress.of(makers(adminServers()), "/api/create", door.object(body));
  }

  @Requires.ModelsAdmin
  @POST
  @Path("/copy")
  public Response copy(byte @Nullable [] body) throws InterruptedException {
    ObjectNode asked = door.object(body);
    String source = Door.required(asked, "source");
    String destination = Door.required(asked, "destination");
    List<Backend> having = makers(adminServersHaving(source));
    return on(having, HttpMethod.POST, "/api/copy", destination, asked);
  }

  @Requires.ModelsAdmin
  @DELETE
  @Path("/delete")
  public Response delete(byte @Nullable [] body) throws InterruptedException {
    ObjectNode asked = door.object(body);
    String model = OllamaRequests.modelName(asked);
    return on(adminServersHaving(model), HttpMethod.DELETE, "/api/delete", model, asked);
  }

  private List<Backend> adminServersHaving(String model) throws InterruptedException {
    List<Backend> having = servers.having(model).stream().filter(adminServers()::contains).toList();
    if (having.isEmpty()) {
      throw ProblemException.invalid(
          "model", "cannot be changed from here: No Ollama server has the model " + model);
    }
    return having;
  }

  private Response on(
      List<Backend> having, HttpMethod method, String path, String changed, ObjectNode body)
      throws InterruptedException {
    for (Backend server : having) {
      servers.ask(server, method, path, body);
      servers.changed(server, changed);
    }
    return Response.ok().build();
  }

  /** Without the engine, which makes no models of others; alone, it says so itself. */
  static List<Backend> makers(List<Backend> servers) {
    List<Backend> makers = servers.stream().filter(each -> !each.isEngine()).toList();
    return makers.isEmpty() ? servers : makers;
  }

  private List<Backend> adminServers() {
    List<Backend> ollama = servers.ollama();
    if (ollama.isEmpty()) {
      throw new ProblemException(
          ErrorCode.MODEL_UNAVAILABLE,
          "None of the model servers is an Ollama server, and only these can be changed from here.");
    }
    return ollama;
  }
}
