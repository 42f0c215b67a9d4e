package com.sutazai.boot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Says in {@code /q/openapi}, when the program is built, what annotations cannot: which fields of a
 * body have to be there, what a body may look like, and the shape of answers that are written by
 * hand; from {@code openapi-bodies.json}, by method and path. Answers of the doors of others are
 * told as free values, for those others describe them.
 */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public final class ApiBodies implements OASFilter {
  private static final String FILE = "/openapi-bodies.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is said of one body.
   *
   * @param required fields that it must have; of the entries of a list as {@code steps.id}
   * @param example a body that is taken as it is; null where the route says one itself
   * @param answer what the route may answer; null where its method says that
   */
  record Body(List<String> required, @Nullable Object example, @Nullable Object answer) {}

  @Override
  public void filterOpenAPI(OpenAPI document) {
    if (document.getPaths() == null) {
      return;
    }
    for (Map.Entry<String, Body> each : read().entrySet()) {
      String[] route = each.getKey().split(" ", 2);
      Operation operation = operation(document, route[0], route[1]);
      if (operation == null) {
        throw new IllegalStateException(FILE + " names no route with " + each.getKey());
      }
      if (operation.getRequestBody() != null) {
        tell(document, operation.getRequestBody().getContent(), each.getValue());
      }
      if (each.getValue().answer() != null) {
        answer(operation, each.getValue().answer());
      }
    }
    document.getPaths().getPathItems().values().stream()
        .flatMap(item -> item.getOperations().values().stream())
        .forEach(ApiBodies::completeAnswers);
  }

  private static void answer(Operation operation, Object answer) {
    boolean events = answer instanceof String;
    operation
        .getResponses()
        .getAPIResponse("200")
        .setContent(
            OASFactory.createContent()
                .addMediaType(
                    events ? MediaType.SERVER_SENT_EVENTS : MediaType.APPLICATION_JSON,
                    OASFactory.createMediaType().schema(shape(answer)).example(answer)));
  }

  /** Of the value and all like it. */
  private static Schema shape(@Nullable Object value) {
    Schema schema = OASFactory.createSchema();
    return switch (value) {
      case String text -> schema.addType(Schema.SchemaType.STRING);
      case Boolean truth -> schema.addType(Schema.SchemaType.BOOLEAN);
      case Integer whole -> schema.addType(Schema.SchemaType.INTEGER);
      case Number number -> schema.addType(Schema.SchemaType.NUMBER);
      case List<?> list -> schema.addType(Schema.SchemaType.ARRAY).items(shape(list.getFirst()));
      case Map<?, ?> fields -> {
        schema.addType(Schema.SchemaType.OBJECT);
        fields.forEach((name, each) -> schema.addProperty(String.valueOf(name), shape(each)));
        yield schema;
      }
      case null, default -> schema;
    };
  }

  private static void completeAnswers(Operation operation) {
    operation
        .getResponses()
        .getAPIResponses()
        .values()
        .forEach(
            response -> {
              if (response.getContent() != null) {
                response.getContent().getMediaTypes().forEach(ApiBodies::complete);
              }
            });
  }

  private static void complete(
      String type, org.eclipse.microprofile.openapi.models.media.MediaType media) {
    if (media.getSchema() == null) {
      Schema free = OASFactory.createSchema();
      media.setSchema(
          type.equals(MediaType.APPLICATION_JSON)
              ? free.description("As the API that this door speaks documents it")
              : free.addType(Schema.SchemaType.STRING));
    }
  }

  private static Map<String, Body> read() {
    try (InputStream file = ApiBodies.class.getResourceAsStream(FILE)) {
      return JSON.readValue(file, new TypeReference<Map<String, Body>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(FILE + " is no JSON as expected", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Operation operation(OpenAPI document, String method, String path) {
    String versioned = path.replaceFirst("^/api/", "/api{version}/");
    for (String name : List.of(path, versioned)) {
      PathItem item = document.getPaths().getPathItem(name);
      Operation found =
          item == null ? null : item.getOperations().get(PathItem.HttpMethod.valueOf(method));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static void tell(OpenAPI document, Content content, Body body) {
    content
        .getMediaTypes()
        .values()
        .forEach(
            type -> {
              if (body.example() != null) {
                type.setExample(body.example());
              }
              body.required().forEach(field -> require(document, type.getSchema(), field));
            });
  }

  private static void require(OpenAPI document, Schema given, String field) {
    Schema schema = resolved(document, given);
    int dot = field.indexOf('.');
    if (dot > 0) {
      Schema list = resolved(document, schema.getProperties().get(field.substring(0, dot)));
      require(document, list.getItems(), field.substring(dot + 1));
    } else if (schema.getRequired() == null || !schema.getRequired().contains(field)) {
      schema.addRequired(field);
    }
  }

  private static Schema resolved(OpenAPI document, @Nullable Schema given) {
    Schema schema = Objects.requireNonNull(given);
    String reference = schema.getRef();
    return reference == null
        ? schema
        : Objects.requireNonNull(
            document
                .getComponents()
                .getSchemas()
                .get(reference.substring(reference.lastIndexOf('/') + 1)));
  }
}
