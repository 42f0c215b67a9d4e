package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.testing.ModelServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * CWE-203: whether a thing is another owner's or is not there at all cannot be told, neither by the
 * answer nor by the time that it takes: both are asked of the database by the same statements, as
 * many of them. Each route that names a thing is tried.
 */
@QuarkusTest
@TestProfile(ClosedMode.class)
@QuarkusTestResource(ModelServer.class)
class HiddenThingsTest {
  private static final boolean LONG = Boolean.getBoolean("sutazai-test.long");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Of requests whose time is told. */
  private static final int PAIRS = 200;

  /** Names in paths that are no ids of owners' things, and things of administrators alone. */
  private static final Set<String> NOBODYS =
      Set.of(
          "/api/keys/{id}",
          "/api/keys/{id}/rotate",
          "/api/users/{id}",
          "/api/users/{id}/password",
          "/api/resources/policies/{type}",
          "/api/tasks/next/{type}",
          "/v1/models/{name}");

  /** What it takes for a change to be looked at. */
  private static final Map<String, String> BODIES =
      Map.of(
          "PATCH /api/agents/{id}", "{\"status\":\"inactive\"}",
          "PATCH /api/schedules/{id}", "{\"enabled\":false}");

  private final MeterRegistry registry;
  private String mine = "";
  private String theirs = "";

  HiddenThingsTest(MeterRegistry registry) {
    this.registry = registry;
  }

  @BeforeEach
  void makeKeys() {
    mine = keyOf("hidden-mine");
    theirs = keyOf("hidden-theirs");
  }

  private static String keyOf(String owner) {
    return key(
        owner,
        Stream.of(Scope.values())
            .filter(scope -> scope != Scope.ADMIN)
            .map(Scope::text)
            .toArray(String[]::new));
  }

  /** A route with the place of an id in its path or body. */
  private record Asked(String method, String path, String body) {
    static final String ID = "{id}";

    Response send(String key, String id) {
      RequestSpecification request = with(key).urlEncodingEnabled(false);
      if (!body.isEmpty()) {
        request.contentType("application/json").body(body.replace(ID, id));
      }
      return request.request(method, path.replace(ID, id).replace("{step}", "a"));
    }
  }

  @Test
  void what_is_another_owners_is_as_if_it_were_not_there() {
    // Given
    Map<String, String> things = things();
    Map<Asked, String> asked = new LinkedHashMap<>();
    Set<String> unknown = new TreeSet<>();
    for (String operation : operations()) {
      String method = operation.substring(0, operation.indexOf(' '));
      String path = operation.substring(method.length() + 1);
      String id = things.get(path.replaceFirst("/\\{id}.*", ""));
      if (id != null) {
        asked.put(new Asked(method, path, BODIES.getOrDefault(operation, "")), id);
      } else if (!NOBODYS.contains(path)) {
        unknown.add(operation);
      }
    }
    assertThat(unknown).as("routes that this test does not know").isEmpty();
    asked.putAll(inBodies(things));

    // When, then
    asked.forEach(this::assertHidden);
    if (LONG) {
      asked.forEach(this::printMedians);
    }
  }

  /**
   * Says how long both take, in turn and each as often first; a busy machine is no reason to fail.
   */
  private void printMedians(Asked asked, String foreign) {
    String absent = neighbour(foreign);
    List<Long> ofForeign = new ArrayList<>();
    List<Long> ofAbsent = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      if (i % 2 == 0) {
        ofForeign.add(nanos(asked, foreign));
      }
      ofAbsent.add(nanos(asked, absent));
      if (i % 2 == 1) {
        ofForeign.add(nanos(asked, foreign));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-6s %-36s another's %6.2f ms, nobody's %6.2f ms%n",
        asked.method(),
        asked.path(),
        median(ofForeign),
        median(ofAbsent));
  }

  private long nanos(Asked asked, String id) {
    long start = System.nanoTime();
    asked.send(theirs, id);
    return System.nanoTime() - start;
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() / 2).findFirst().orElseThrow() / 1e6;
  }

  @Test
  void no_list_names_what_is_another_owners() {
    // Given
    Map<String, String> things = things();
    List<String> wrong = new ArrayList<>();

    // When
    for (String path : lists()) {
      String seen = with(theirs).get(path + "?limit=500").asString();
      things.values().stream().filter(seen::contains).forEach(id -> wrong.add(path + " " + id));
    }

    // Then
    assertThat(wrong).isEmpty();
    for (String path : List.of("/api/tasks", "/api/agents", "/v1/files")) {
      assertThat(with(mine).get(path).asString()).contains(things.get(path));
    }
  }

  /** What can be read without naming a thing. */
  private static List<String> lists() {
    Map<String, Map<String, Object>> paths =
        admin().get("/q/openapi?format=json").then().statusCode(200).extract().path("paths");
    return paths.entrySet().stream()
        .filter(path -> !path.getKey().contains("{") && path.getValue().containsKey("get"))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static Map<Asked, String> inBodies(Map<String, String> things) {
    String task = things.get("/api/tasks");
    return Map.of(
        new Asked("POST", "/api/tasks", "{\"type\":\"noop\",\"depends_on\":[\"{id}\"]}"), task,
        new Asked("POST", "/api/tasks", "{\"type\":\"noop\",\"agent_id\":\"{id}\"}"),
            things.get("/api/agents"),
        new Asked("POST", "/api/tasks/retry", "{\"ids\":[\"{id}\"]}"), task,
        new Asked(
                "POST",
                "/api/tasks/complete",
                "{\"task_id\":\"{id}\",\"lease\":\"00000000-0000-7000-8000-000000000000\",\"agent_name\":\"w\",\"status\":\"completed\"}"),
            task);
  }

  /**
   * What goes on in the background is counted too, so it is asked until the least of each statement
   * is the same: more than that is not of the request.
   */
  private void assertHidden(Asked asked, String foreign) {
    String absent = neighbour(foreign);
    List<Map<String, Long>> ofForeigns = new ArrayList<>();
    List<Map<String, Long>> ofAbsents = new ArrayList<>();
    await(asked.method() + " " + asked.path() + " " + asked.body())
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, Long> before = statements();
              Response ofForeign = asked.send(theirs, foreign);
              Map<String, Long> between = statements();
              Response ofAbsent = asked.send(theirs, absent);
              ofForeigns.add(difference(before, between));
              ofAbsents.add(difference(between, statements()));

              assertThat(shape(ofForeign, foreign)).isEqualTo(shape(ofAbsent, absent));
              assertThat(least(ofForeigns)).isEqualTo(least(ofAbsents));
              assertThat(ofForeign.statusCode()).isBetween(200, 499);
            });
  }

  /** Of each statement what every try had at least. */
  private static Map<String, Long> least(List<Map<String, Long>> tries) {
    Map<String, Long> least = new TreeMap<>(tries.getFirst());
    for (Map<String, Long> each : tries) {
      least.replaceAll((name, count) -> Math.min(count, each.getOrDefault(name, 0L)));
    }
    least.values().removeIf(count -> count == 0);
    return least;
  }

  /** An id of the same time and form that nothing has. */
  private static String neighbour(String id) {
    char last = id.charAt(id.length() - 1);
    return id.substring(0, id.length() - 1) + (last == '0' ? '1' : '0');
  }

  private static String shape(Response answer, String id) {
    Set<String> fields =
        answer.headers().asList().stream()
            .map(field -> field.getName().toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new));
    return answer.statusCode() + " " + fields + " " + answer.asString().replace(id, "ID");
  }

  private Map<String, Long> statements() {
    Map<String, Long> counts = new TreeMap<>();
    registry
        .find(MetricNames.DATABASE_QUERY_DURATION)
        .timers()
        .forEach(timer -> counts.put(timer.getId().getTag("statement"), timer.count()));
    return counts;
  }

  private static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> added = new TreeMap<>();
    after.forEach((name, count) -> added.put(name, count - before.getOrDefault(name, 0L)));
    added.values().removeIf(count -> count == 0);
    return added;
  }

  /** Operations with a name in their path. */
  private static List<String> operations() {
    Map<String, Map<String, Object>> paths =
        admin().get("/q/openapi?format=json").then().statusCode(200).extract().path("paths");
    return paths.entrySet().stream()
        .filter(path -> path.getKey().contains("{"))
        .flatMap(
            path ->
                path.getValue().keySet().stream()
                    .filter(name -> name.matches("get|post|put|patch|delete"))
                    .map(name -> name.toUpperCase(Locale.ROOT) + " " + path.getKey()))
        .sorted()
        .toList();
  }

  /** A thing of each kind, by the path that things of its kind are under. */
  private Map<String, String> things() {
    String name = UUID.randomUUID().toString();
    Instant later = Instant.now().plus(Duration.ofHours(1));
    String agent = make("/api/agents", "{\"name\":\"" + name + "\",\"type\":\"worker\"}");
    String file = file();
    return Map.of(
        "/api/tasks", make("/api/tasks", "{\"type\":\"noop\",\"run_at\":\"" + later + "\"}"),
        "/api/agents", agent,
        "/api/graph/agents", agent,
        "/api/schedules",
            make(
                "/api/schedules",
                "{\"name\":\"" + name + "\",\"cron\":\"0 3 * * *\",\"task\":{\"type\":\"noop\"}}"),
        "/api/workflows",
            make("/api/workflows", "{\"name\":\"w\",\"steps\":[{\"id\":\"a\",\"type\":\"noop\"}]}"),
        "/api/documents", make("/api/documents", "{\"name\":\"t\",\"text\":\"some words\"}"),
        "/api/resources/leases", make("/api/resources/leases", "{\"type\":\"disk\",\"amount\":1}"),
        "/v1/files", file,
        "/v1/batches",
            make(
                "/v1/batches",
                "{\"input_file_id\":\""
                    + file
                    + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"));
  }

  private String make(String path, String body) {
    return with(mine)
        .contentType("application/json")
        .body(body)
        .post(path)
        .then()
        .statusCode(Matchers.oneOf(200, 201, 202))
        .extract()
        .path("id");
  }

  private String file() {
    return with(mine)
        .multiPart("purpose", "batch")
        .multiPart(
            "file",
            "lines.jsonl",
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"tinyllama\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}\n"
                .getBytes(StandardCharsets.UTF_8))
        .post("/v1/files")
        .then()
        .statusCode(200)
        .extract()
        .path("id");
  }
}
