package com.sutazai.boot;

import com.sutazai.platform.error.Problem;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
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
    responses.addAPIResponse(
        "default",
        OASFactory.createAPIResponse()
            .description("A problem document (RFC 9457)")
            .content(
                OASFactory.createContent()
                    .addMediaType(
                        Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(problem()))));
  }

  private static boolean isNoVersion(Parameter parameter) {
    return !parameter.getName().equals("version");
  }

  private static Schema problem() {
    var schema = OASFactory.createSchema().addType(Schema.SchemaType.OBJECT);
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
