package com.sutazai.platform.error;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The routes as the OpenAPI document of the program lists them: which methods a path takes, which
 * the router alone does not know once another resource begins with the same path, and which query
 * parameters.
 */
@Singleton
class ListedRoutes {
  private static final String DOCUMENT = "META-INF/quarkus-generated-openapi-doc.JSON";
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final ObjectMapper json;
  private volatile @Nullable List<Route> routes;

  ListedRoutes(ObjectMapper json) {
    this.json = json;
  }

  /** Reads them beside the start, so that no request has to. */
  void begin(@Observes StartupEvent event) {
    Thread.ofVirtual().name("listed-routes").start(this::all);
  }

  /**
   * @param parameters names of query parameters, by method
   */
  private record Route(Pattern path, Map<String, Set<String>> parameters) {}

  /** In the order of the alphabet; empty when no route answers the path. */
  Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Route route : all()) {
      if (route.path().matcher(path).matches()) {
        methods.addAll(route.parameters().keySet());
      }
    }
    return methods;
  }

  /** Names of the query parameters of the request; null when no route is listed for it. */
  @Nullable Set<String> parameters(String method, String path) {
    Set<String> names = null;
    for (Route route : all()) {
      Set<String> own = route.parameters().get(method);
      if (own != null && route.path().matcher(path).matches()) {
        names = names == null ? new TreeSet<>() : names;
        names.addAll(own);
      }
    }
    return names;
  }

  private List<Route> all() {
    List<Route> known = routes;
    if (known == null) {
      known = read();
      routes = known;
    }
    return known;
  }

  private List<Route> read() {
    try (InputStream document =
        Thread.currentThread().getContextClassLoader().getResourceAsStream(DOCUMENT)) {
      return document == null ? List.of() : routes(json.readTree(document).path("paths"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Route> routes(JsonNode paths) {
    List<Route> routes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> item : paths.properties()) {
      Map<String, Set<String>> parameters = new TreeMap<>();
      for (Map.Entry<String, JsonNode> operation : item.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          parameters.put(
              operation.getKey().toUpperCase(Locale.ROOT), queryParameters(operation.getValue()));
        }
      }
      if (parameters.containsKey("GET")) {
        parameters.put("HEAD", parameters.get("GET"));
      }
      String anyName = item.getKey().replaceAll("\\{\\w+}", "[^/]+");
      String anyVersion = anyName.replaceFirst("^/api/(?!v1/)", "/api/(?:v1/)?");
      routes.add(new Route(Pattern.compile(anyVersion), parameters));
    }
    return routes;
  }

  private static Set<String> queryParameters(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asText().equals("query")) {
        names.add(parameter.path("name").asText());
      }
    }
    return names;
  }
}
