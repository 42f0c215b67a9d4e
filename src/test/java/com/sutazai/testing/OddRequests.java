package com.sutazai.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Makes requests out of an OpenAPI document: most of each as the schema has it, and a little of it
 * as no client should send it. The same random numbers make the same requests.
 */
public final class OddRequests {
  private static final int DEEPEST = 4;
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "noop",
          "local",
          "tinyllama",
          "2026-01-01T00:00:00Z",
          "2026-13-45T99:99:99Z",
          "00000000-0000-7000-8000-000000000000",
          "' OR 1=1 --",
          "%'; DROP TABLE tasks; --",
          "../../etc/passwd",
          "a\r\nSet-Cookie: b=c",
          "\u0000",
          "\ud800",
          "\uD83D\uDE00",
          "\u0430dmin", // a Cyrillic letter
          "\u202Etxt.exe",
          "A\u0301\u0301\u0301",
          "${jndi:ldap://a/b}",
          "<script>alert(1)</script>",
          "{{7*7}}",
          "x".repeat(5000));
  private static final List<Object> NUMBERS =
      List.of(
          0,
          -1,
          1,
          7,
          500,
          501,
          Integer.MAX_VALUE,
          Integer.MIN_VALUE,
          Long.MAX_VALUE,
          1.5,
          -0.0,
          1e308,
          5e-324);
  private static final List<String> RAW =
      List.of(
          "",
          "{",
          "nul",
          "[]",
          "\"a\"",
          "{\"a\":1}{",
          "{\"a\":1,\"a\":2}",
          "{\"a\":" + "9".repeat(2000) + "}",
          "{\"a\":1e99999}",
          "[".repeat(3000),
          "{\"\uD83D\uDE00\":\"\\ud800\"}",
          "<a/>",
          "a=b&c=d");
  private static final List<String> TYPES =
      List.of(
          "application/json",
          "text/plain",
          "application/xml",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
          "multipart/form-data; boundary=x",
          "application/json; charset=utf-7",
          "a",
          "application/merge-patch+json");

  /** What the client writes itself, and what would have each request wait. */
  private static final Set<String> NOT_ODD =
      Set.of("content-length", "host", "connection", "expect", "upgrade", "prefer");

  private final JsonObject document;
  private final List<Operation> operations = new ArrayList<>();
  private final RandomGenerator random;

  private record Operation(String method, String path, JsonObject described) {}

  /** One request. */
  public record Request(String method, String target, Map<String, String> headers, String body) {}

  public OddRequests(JsonObject document, RandomGenerator random) {
    this.document = document;
    this.random = random;
    JsonObject paths = document.getJsonObject("paths");
    paths.fieldNames().stream()
        .sorted()
        .forEach(
            path ->
                paths.getJsonObject(path).fieldNames().stream()
                    .sorted()
                    .filter(method -> method.matches("get|put|post|patch|delete"))
                    .forEach(
                        method ->
                            operations.add(
                                new Operation(
                                    method.toUpperCase(java.util.Locale.ROOT),
                                    path,
                                    paths.getJsonObject(path).getJsonObject(method)))));
  }

  /** Leaves out what cannot be asked for at random. */
  public OddRequests without(String paths) {
    operations.removeIf(each -> each.path().matches(paths));
    return this;
  }

  public int operations() {
    return operations.size();
  }

  public Request next() {
    Operation operation = pick(operations);
    String path = operation.path();
    StringBuilder query = new StringBuilder();
    Map<String, String> headers = new java.util.LinkedHashMap<>();
    JsonArray parameters = operation.described().getJsonArray("parameters", new JsonArray());
    for (Object each : parameters) {
      JsonObject parameter = (JsonObject) each;
      String name = parameter.getString("name");
      String value = text(value(parameter.getJsonObject("schema"), 0));
      switch (parameter.getString("in")) {
        case "path" -> path = path.replace("{" + name + "}", pathSegment(value));
        case "query" -> {
          if (random.nextInt(3) > 0) {
            query.append(query.isEmpty() ? '?' : '&').append(name).append('=').append(coded(value));
          }
        }
        default -> {
          if (random.nextInt(3) == 0
              && !NOT_ODD.contains(name.toLowerCase(java.util.Locale.ROOT))) {
            headers.put(name, value.replaceAll("[^ -~]", "?"));
          }
        }
      }
    }
    path = path.replaceAll("\\{[^}]*}", "x");
    String body = body(operation, headers);
    return new Request(operation.method(), path + query, headers, body);
  }

  private String body(Operation operation, Map<String, String> headers) {
    JsonObject described = operation.described().getJsonObject("requestBody");
    if (described == null && random.nextInt(5) > 0) {
      return "";
    }
    boolean odd = random.nextInt(10) == 0;
    headers.put("Content-Type", odd ? pick(TYPES) : "application/json");
    if (described == null || random.nextInt(10) == 0) {
      return pick(RAW);
    }
    JsonObject content = described.getJsonObject("content", new JsonObject());
    JsonObject media =
        content.getJsonObject(
            "application/json",
            content.isEmpty()
                ? new JsonObject()
                : content.getJsonObject(content.fieldNames().iterator().next()));
    Object value = value(media.getJsonObject("schema"), 0);
    String json = value instanceof JsonObject object ? object.encode() : encoded(value);
    return random.nextInt(12) == 0 ? json.substring(0, json.length() / 2) : json;
  }

  private static String encoded(Object value) {
    String list = new JsonArray().add(value).encode();
    return list.substring(1, list.length() - 1);
  }

  /** A value of the schema, or once in a while any other. */
  private Object value(JsonObject given, int depth) {
    JsonObject schema = resolved(given);
    if (random.nextInt(8) == 0) {
      return anything(depth);
    }
    JsonArray several =
        schema.getJsonArray("anyOf", schema.getJsonArray("oneOf", schema.getJsonArray("allOf")));
    if (several != null && !several.isEmpty() && depth < DEEPEST) {
      return value(several.getJsonObject(random.nextInt(several.size())), depth + 1);
    }
    if (schema.getJsonArray("enum") != null) {
      return schema
          .getJsonArray("enum")
          .getValue(random.nextInt(schema.getJsonArray("enum").size()));
    }
    Object type = schema.getValue("type");
    String kind = type instanceof JsonArray list ? list.getString(0) : String.valueOf(type);
    return switch (kind) {
      case "integer" -> random.nextInt(3) == 0 ? pick(NUMBERS) : random.nextInt(10);
      case "number" -> pick(NUMBERS);
      case "boolean" -> random.nextBoolean();
      case "array" -> {
        JsonArray list = new JsonArray();
        for (int i = random.nextInt(3); i > 0 && depth < DEEPEST; i--) {
          list.add(value(schema.getJsonObject("items", new JsonObject()), depth + 1));
        }
        yield list;
      }
      case "string" -> pick(TEXTS);
      default -> object(schema, depth);
    };
  }

  private Object object(JsonObject schema, int depth) {
    JsonObject object = new JsonObject();
    JsonObject properties = schema.getJsonObject("properties", new JsonObject());
    for (String name : properties.fieldNames().stream().sorted().toList()) {
      if (depth < DEEPEST && random.nextInt(4) > 0) {
        object.put(name, value(properties.getJsonObject(name), depth + 1));
      }
    }
    if (random.nextInt(10) == 0) {
      object.put(pick(TEXTS), pick(TEXTS));
    }
    return object;
  }

  private Object anything(int depth) {
    return switch (random.nextInt(6)) {
      case 0 -> pick(NUMBERS);
      case 1 -> random.nextBoolean();
      case 2 -> new JsonArray().add(pick(TEXTS)).addNull();
      case 3 -> depth > DEEPEST ? "" : new JsonObject().put(pick(TEXTS), anything(depth + 1));
      default -> pick(TEXTS);
    };
  }

  private JsonObject resolved(JsonObject schema) {
    JsonObject next = schema == null ? new JsonObject() : schema;
    while (next.getString("$ref") != null) {
      String name = next.getString("$ref").replaceFirst(".*/", "");
      next = document.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
    }
    return next;
  }

  private static String text(Object value) {
    return value instanceof JsonObject object
        ? object.encode()
        : value instanceof JsonArray list ? list.encode() : String.valueOf(value);
  }

  /** Of a path that a client library would send. */
  private static String pathSegment(String value) {
    String coded = coded(value.isEmpty() ? "x" : value);
    return coded.length() > 3000 ? coded.substring(0, 2998) : coded;
  }

  private static String coded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
