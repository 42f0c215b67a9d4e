package com.sutazai.boot;

import com.sutazai.platform.error.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/**
 * Finishes {@code /q/openapi} when the program is built: each route under its guide name only (the
 * {@code /api/v1} ones answer the same), and the shape of every error.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public final class ApiDocument implements OASFilter {
  private static final String VERSION = "{version}";

  @Override
  public void filterOpenAPI(OpenAPI document) {
    if (document.getPaths() == null) {
      return;
    }
    Paths paths = OASFactory.createPaths();
    document
        .getPaths()
        .getPathItems()
        .forEach(
            (path, item) -> {
              item.getOperations().values().forEach(ApiDocument::finish);
              paths.addPathItem(path.replace(VERSION, ""), item);
            });
    document.setPaths(paths);
  }

  private static void finish(Operation operation) {
    if (operation.getParameters() != null) {
      operation.setParameters(
          operation.getParameters().stream().filter(ApiDocument::isNoVersion).toList());
    }
    APIResponses responses = operation.getResponses();
    responses.removeAPIResponse("400");
    responses.addAPIResponse("default", error(operation));
  }

  private static APIResponse error(Operation operation) {
    List<String> tags = operation.getTags() == null ? List.of() : operation.getTags();
    if (tags.stream().anyMatch(tag -> tag.startsWith("OpenAI"))) {
      return response("An error as OpenAI tells it", MediaType.APPLICATION_JSON, openAi());
    }
    if (tags.contains("Ollama")) {
      return response("An error as Ollama tells it", MediaType.APPLICATION_JSON, ollama());
    }
    return response("A problem document (RFC 9457)", Problem.MEDIA_TYPE, problem());
  }

  private static APIResponse response(String description, String type, Schema schema) {
    return OASFactory.createAPIResponse()
        .description(description)
        .content(
            OASFactory.createContent()
                .addMediaType(type, OASFactory.createMediaType().schema(schema)));
  }

  private static boolean isNoVersion(Parameter parameter) {
    return !parameter.getName().equals("version");
  }

  private static Schema openAi() {
    var details = object();
    text(details, "message", "What was wrong and how to fix it");
    text(details, "type", "The kind that clients branch on, such as invalid_request_error");
    text(details, "param", "The offending field, if one can be named");
    text(details, "code", "Stable name of the error");
    return object().addProperty("error", details);
  }

  private static Schema ollama() {
    var schema = object();
    text(schema, "error", "What was wrong and how to fix it");
    return schema;
  }

  private static Schema object() {
    return OASFactory.createSchema().addType(Schema.SchemaType.OBJECT);
  }

  private static Schema problem() {
    var schema = object();
    text(schema, "type", "Always about:blank");
    text(schema, "title", "What kind of error it is");
    schema.addProperty("status", OASFactory.createSchema().addType(Schema.SchemaType.INTEGER));
    text(schema, "detail", "What was wrong and how to fix it");
    text(schema, "code", "Stable name of the error");
    text(schema, "field", "The offending field, if one can be named");
    return schema;
  }

  private static void text(Schema schema, String name, String meaning) {
    schema.addProperty(
        name, OASFactory.createSchema().addType(Schema.SchemaType.STRING).description(meaning));
  }
}
