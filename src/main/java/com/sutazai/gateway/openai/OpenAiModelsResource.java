package com.sutazai.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.ModelServers;
import com.sutazai.inference.ModelServers.Listed;
import com.sutazai.platform.caller.Requires;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.model.ModelTag;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The models of all servers, as clients of OpenAI's API list them. */
@Path("/v1/models")
@RunOnVirtualThread
@Tag(name = "OpenAI")
@Requires.ModelsUse
class OpenAiModelsResource {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ModelServers servers;

  OpenAiModelsResource(ModelServers servers) {
    this.servers = servers;
  }

  @GET
  public JsonNode list() throws InterruptedException {
    ArrayNode data = JSON.arrayNode();
    servers.list().forEach(each -> data.add(model(each)));
    return JSON.objectNode().put("object", "list").set("data", data);
  }

  /** Names of models may contain slashes. */
  @GET
  @Path("/{name:.+}")
  public JsonNode one(@PathParam("name") String name) throws InterruptedException {
    List<Listed> models = servers.list();
    return ModelTag.spellings(name).stream()
        .flatMap(spelling -> models.stream().filter(each -> each.name().equals(spelling)))
        .findFirst()
        .map(OpenAiModelsResource::model)
        .orElseThrow(
            () ->
                new ProblemException(
                    ErrorCode.MODEL_NOT_FOUND, "The model " + name + " does not exist"));
  }

  private static JsonNode model(Listed listed) {
    if (!listed.ollama()) {
      return listed.described();
    }
    ObjectNode model = JSON.objectNode().put("id", listed.name()).put("object", "model");
    return model
        .put("created", created(listed.described().path("modified_at").asText("")))
        .put("owned_by", "library");
  }

  /** Ollama tells when a model was changed last; 0 when it does not. */
  private static long created(String modified) {
    try {
      return OffsetDateTime.parse(modified).toEpochSecond();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }
}
