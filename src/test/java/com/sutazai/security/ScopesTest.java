package com.sutazai.security;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.key;
import static com.sutazai.security.ClosedMode.with;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import com.sutazai.agents.BuiltInAgents;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route asks for what the table in {@code docs/security.md} says, whoever comes. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class ScopesTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| ([A-Z]+) \\| `([^`]+)` \\| ([^|]+) \\|$", Pattern.MULTILINE);

  private static final Pattern TYPE =
      Pattern.compile("^\\| `([a-z_]+)` \\| ([a-z:, -]+) \\|$", Pattern.MULTILINE);

  private static final String NOTHING = "nothing";
  private static final String OWNER = "scopes";

  /** Not part of the OpenAPI document. */
  private static final String ROOT = "GET /";

  private final Database database;
  private final BuiltInAgents agents;

  ScopesTest(Database database, BuiltInAgents agents) {
    this.database = database;
    this.agents = agents;
  }

  /** What the table says of types of tasks, by type. */
  private static Map<String, Set<String>> types() throws IOException {
    Map<String, Set<String>> rows = new TreeMap<>();
    TYPE.matcher(Files.readString(Path.of("docs/security.md")))
        .results()
        .forEach(row -> rows.put(row.group(1), new TreeSet<>(List.of(row.group(2).split(", ")))));
    return rows;
  }

  /** What the table says, by method and path. */
  private static Map<String, Set<String>> table() throws IOException {
    Map<String, Set<String>> rows = new TreeMap<>();
    ROW.matcher(Files.readString(Path.of("docs/security.md")))
        .results()
        .forEach(
            row ->
                rows.put(
                    row.group(1) + " " + row.group(2),
                    new TreeSet<>(List.of(row.group(3).split(", ")))));
    return rows;
  }

  /** What the OpenAPI document has, by method and path. */
  private static Set<String> operations() {
    Map<String, Map<String, Object>> paths =
        admin().get("/q/openapi?format=json").then().statusCode(200).extract().path("paths");
    Set<String> found = new TreeSet<>();
    paths.forEach(
        (path, methods) ->
            methods.keySet().stream()
                .filter(name -> name.matches("get|post|put|patch|delete"))
                .forEach(name -> found.add(name.toUpperCase(Locale.ROOT) + " " + path)));
    return found;
  }

  @Test
  void the_table_has_a_row_for_every_route() throws Exception {
    // Given
    Set<String> rows = new TreeSet<>(table().keySet());
    rows.remove(ROOT);

    // When
    Set<String> operations = operations();
    operations.remove(ROOT);
    operations.removeIf(each -> each.contains("/api/counted"));

    // Then
    assertThat(operations).hasSizeGreaterThan(80);
    assertThat(rows).isEqualTo(operations);
  }

  /** Sends a request that does as little as it can: things that are not there, empty bodies. */
  private static Response send(RequestSpecification request, String operation) {
    String method = operation.substring(0, operation.indexOf(' '));
    String path =
        operation
            .substring(method.length() + 1)
            .replace("{id}", UUID.randomUUID().toString())
            .replaceAll("\\{\\w+}", "nothing");
    if (!method.equals("GET")) {
      request.contentType("application/json").body("[]"); // which no route takes
    }
    return request.request(method, path);
  }

  private static boolean isDenied(Response response) {
    return response.statusCode() == 401
        || (response.statusCode() == 403 && response.asString().contains("This needs the scope"));
  }

  @Test
  void nobody_comes_in_without_credentials_or_with_wrong_ones() throws Exception {
    // Given
    String expired =
        key(
            Map.of(
                "name",
                "expired",
                "owner",
                OWNER,
                "scopes",
                new String[] {"admin"},
                "expires_at",
                Instant.now().plusSeconds(3600).toString()));
    String revoked = key(OWNER, "admin");
    database.update(
        Statement.of("test", "UPDATE api_keys SET expires_at = now() WHERE name = 'expired'"));
    database.update(
        Statement.of(
            "test",
            "UPDATE api_keys SET revoked_at = now() WHERE id = (SELECT key_id FROM api_key_secrets WHERE prefix = $1)"),
        revoked.substring(11, 23));
    List<String> wrong = new ArrayList<>();

    // When
    for (Map.Entry<String, Set<String>> row : table().entrySet()) {
      Stream.of(
              given(),
              with("wrong"),
              with(key(OWNER, "admin").substring(0, 40)),
              with(expired),
              with(revoked))
          .map(request -> send(request, row.getKey()))
          .filter(answer -> (answer.statusCode() != 401) != opensItself(row))
          .forEach(answer -> wrong.add(row.getKey() + " answers " + answer.statusCode()));
    }

    // Then
    assertThat(wrong).isEmpty();
  }

  /** Whether the route comes without credentials; a login with none in it is another 400. */
  private static boolean opensItself(Map.Entry<String, Set<String>> row) {
    return Set.of(ROOT, "GET /health", "POST /api/auth/login").contains(row.getKey());
  }

  @Test
  void each_scope_opens_its_own_routes_and_no_other() throws Exception {
    // Given
    Map<Scope, String> keys = new EnumMap<>(Scope.class);
    for (Scope scope : Scope.values()) {
      keys.put(scope, key(OWNER, scope.text()));
    }
    List<String> wrong = new ArrayList<>();

    // When
    for (Map.Entry<String, Set<String>> row : table().entrySet()) {
      for (Map.Entry<Scope, String> each : keys.entrySet()) {
        Response answer =
            assertDoesNotThrow(
                () -> send(with(each.getValue()), row.getKey()),
                () -> row.getKey() + " with " + each.getKey().text());
        if (isDenied(answer) == opens(each.getKey(), row.getValue())) {
          wrong.add(
              row.getKey() + " with " + each.getKey().text() + " answers " + answer.statusCode());
        }
      }
    }

    // Then
    assertThat(wrong).isEmpty();
  }

  private static boolean opens(Scope scope, Set<String> needed) {
    Set<String> has =
        switch (scope) {
          case ADMIN -> Stream.of(Scope.values()).map(Scope::text).collect(Collectors.toSet());
          case MODELS_ADMIN -> Set.of(scope.text(), Scope.MODELS_USE.text());
          case TASKS_WORK_ANY -> Set.of(scope.text(), Scope.TASKS_WORK.text());
          default -> Set.of(scope.text());
        };
    return needed.contains(NOTHING) || has.containsAll(needed);
  }

  @Test
  void a_route_that_needs_several_scopes_opens_with_all_of_them() {
    String key = key(OWNER, "agents:read", "tasks:read", "models:use");
    assertThat(isDenied(send(with(key), "GET /process"))).isFalse();
    assertThat(isDenied(send(with(key), "GET /api/graph/agents/{id}"))).isFalse();
  }

  @Test
  void the_table_has_a_row_for_every_type_that_needs_more_than_leaving_tasks() throws Exception {
    // When
    Map<String, Set<String>> needed = new TreeMap<>();
    for (String type : agents.taskTypes()) {
      Set<String> scopes =
          agents.isForAdmins(type)
              ? Set.of("admin")
              : agents.scopes(type).stream()
                  .map(Scope::text)
                  .collect(Collectors.toCollection(TreeSet::new));
      if (!scopes.isEmpty()) {
        needed.put(type, scopes);
      }
    }

    // Then
    assertThat(types()).hasSizeGreaterThan(20).isEqualTo(needed);
  }

  @Test
  void a_task_needs_the_scopes_of_its_type_however_it_is_left() throws Exception {
    // Given
    String leaves = key(OWNER, "tasks:write");
    List<String> wrong = new ArrayList<>();

    // When
    for (Map.Entry<String, Set<String>> row : types().entrySet()) {
      String task = "{\"type\":\"" + row.getKey() + "\",\"payload\":{}}";
      String step = "{\"id\":\"a\"," + task.substring(1);
      Map<String, String> ways =
          Map.of(
              "/api/tasks",
              task,
              "/process",
              task,
              "/api/tasks/bulk",
              "{\"tasks\":[{\"type\":\"noop\"}," + task + "]}",
              "/api/schedules",
              "{\"name\":\"s\",\"cron\":\"0 3 * * *\",\"task\":" + task + "}",
              "/api/workflows",
              "{\"name\":\"w\",\"steps\":[" + step + "]}");
      ways.forEach(
          (path, body) -> {
            int status = post(leaves, path, body);
            if (status != 403) {
              wrong.add(row.getKey() + " at " + path + " answers " + status);
            }
          });
      List<String> scopes = new ArrayList<>(row.getValue());
      scopes.add("tasks:write");
      String may = key(OWNER, scopes.toArray(String[]::new));
      String later = "{\"run_at\":\"" + Instant.now().plusSeconds(3600) + "\"," + task.substring(1);
      int status = post(may, "/api/tasks", later);
      if (status == 403) {
        wrong.add(row.getKey() + " with " + scopes + " answers 403");
      }
    }

    // Then
    assertThat(wrong).isEmpty();
  }

  @Test
  void a_task_that_lacks_a_scope_is_told_which() {
    with(key(OWNER, "tasks:write", "models:use"))
        .contentType("application/json")
        .body("{\"tasks\":[{\"type\":\"noop\"},{\"type\":\"export_metrics\"}]}")
        .post("/api/tasks/bulk")
        .then()
        .statusCode(403)
        .body("code", equalTo("forbidden"))
        .body(
            "detail",
            equalTo(
                "This needs the scope metrics:read, which these credentials do not have."
                    + " tasks[1].type is export_metrics."));
  }

  @Test
  void doors_that_are_no_routes_ask_too() {
    for (String path : List.of("/metrics", "/q/openapi", "/q/swagger-ui/")) {
      given().get(path).then().statusCode(401);
      with(key(OWNER, "tasks:read")).get(path).then().statusCode(403);
      with(key(OWNER, "metrics:read")).get(path).then().statusCode(200);
    }
    given().get("/q/health/live").then().statusCode(200);
    given().urlEncodingEnabled(false).get("/q/health/../../metrics").then().statusCode(401);
    given().urlEncodingEnabled(false).get("/q/health/%2e%2e/%2e%2e/metrics").then().statusCode(401);
    with(key(OWNER, "tasks:read")).get("/nowhere").then().statusCode(403);
    admin().get("/nowhere").then().statusCode(404);
  }

  @Test
  void things_of_another_owner_are_not_there() {
    // Given
    String mine = key("mine", "agents:write", "tasks:write", "documents:write", "models:use");
    String other =
        key(
            "theirs",
            Stream.of(Scope.values())
                .filter(scope -> scope != Scope.ADMIN)
                .map(Scope::text)
                .toArray(String[]::new));
    Map<String, String> made = new TreeMap<>();
    made.put("tasks", make(mine, "tasks", "{\"type\":\"noop\"}"));
    made.put(
        "agents",
        make(mine, "agents", "{\"name\":\"" + UUID.randomUUID() + "\",\"type\":\"worker\"}"));
    made.put(
        "schedules",
        make(
            mine,
            "schedules",
            "{\"name\":\""
                + UUID.randomUUID()
                + "\",\"cron\":\"0 3 * * *\",\"task\":{\"type\":\"noop\"}}"));
    made.put(
        "workflows",
        make(mine, "workflows", "{\"name\":\"w\",\"steps\":[{\"id\":\"a\",\"type\":\"noop\"}]}"));
    made.put("documents", make(mine, "documents", "{\"name\":\"t\",\"text\":\"some words\"}"));
    List<String> wrong = new ArrayList<>();

    // When
    made.forEach(
        (what, id) -> {
          for (String suffix : List.of("", "/events", "/tasks", "/callback", "/steps/a")) {
            int status = with(other).get("/api/" + what + "/" + id + suffix).statusCode();
            if (status != 404) {
              wrong.add("GET " + what + suffix + " " + status);
            }
          }
          for (String action : List.of("/cancel", "/retry", "/pause", "/resume")) {
            int status = with(other).post("/api/" + what + "/" + id + action).statusCode();
            if (status != 404) {
              wrong.add("POST " + what + action + " " + status);
            }
          }
          int status = with(other).delete("/api/" + what + "/" + id).statusCode();
          if (status != 404 && status != 405) {
            wrong.add("DELETE " + what + " " + status);
          }
          String list = with(other).get("/api/" + what + "?limit=500").asString();
          if (list.contains(id)) {
            wrong.add("GET /api/" + what);
          }
        });

    // Then
    assertThat(wrong).isEmpty();
  }

  private static String make(String key, String what, String body) {
    return with(key)
        .contentType("application/json")
        .body(body)
        .post("/api/" + what)
        .then()
        .statusCode(org.hamcrest.Matchers.oneOf(201, 202))
        .extract()
        .path("id");
  }

  @Test
  void a_key_asks_only_its_models_and_submits_only_its_types() {
    // Given
    String key =
        key(
            Map.of(
                "name",
                "few",
                "owner",
                OWNER,
                "scopes",
                new String[] {"models:use", "tasks:write"},
                "models",
                new String[] {"small"},
                "task_types",
                new String[] {"noop", "inference"}));

    // When, then
    assertThat(post(key, "/api/tasks", "{\"type\":\"noop\"}")).isEqualTo(202);
    assertThat(post(key, "/api/tasks", "{\"type\":\"text_analysis\"}")).isEqualTo(403);
    assertThat(post(key, "/generate", "{\"prompt\":\"p\",\"model\":\"large\"}")).isEqualTo(403);
    assertThat(post(key, "/generate", "{\"prompt\":\"p\"}")).isEqualTo(403);
    assertThat(post(key, "/generate", "{\"prompt\":\"p\",\"model\":\"small\"}")).isEqualTo(503);
    assertThat(post(key, "/api/chat", "{\"model\":\"large\",\"messages\":[]}")).isEqualTo(403);
    assertThat(
            post(
                key,
                "/v1/chat/completions",
                "{\"model\":\"large\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"))
        .isEqualTo(403);
    assertThat(
            post(
                key,
                "/api/tasks",
                "{\"type\":\"inference\",\"payload\":{\"prompt\":\"p\",\"model\":\"large\"}}"))
        .isEqualTo(403);
    assertThat(post(key, "/v1/batches", "{}")).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"inference\",\"payload\":{\"prompt\":\"p\"}}",
        "{\"type\":\"orchestrate\",\"payload\":{\"type\":\"chat\",\"payload\":{\"model\":\"large\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}}"
      })
  void a_task_asks_only_the_models_of_the_key_that_it_counts_for(String task) {
    // Given
    String[] scopes = {
      "models:use", "tasks:write", "tasks:read", "documents:read", "metrics:read", "resources:use"
    };
    String key =
        key(
            Map.of(
                "name",
                "few models",
                "owner",
                OWNER,
                "scopes",
                scopes,
                "models",
                new String[] {"small"}));

    // When, then
    with(key)
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body(task)
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("error.detail", containsString("key"));
  }

  @Test
  void work_goes_on_with_the_rights_of_who_asked_for_it() {
    // Given: the administrator's owner, and none of the rights
    String key =
        key(
            "local",
            "tasks:write",
            "tasks:read",
            "documents:read",
            "metrics:read",
            "models:use",
            "resources:use");
    String pull = "\"type\":\"pull_model\",\"payload\":{\"name\":\"nothing\"}";

    // When, then
    assertThat(post(key, "/api/tasks", "{" + pull + "}")).isEqualTo(403);
    assertThat(
            post(
                key,
                "/api/schedules",
                "{\"name\":\"s\",\"cron\":\"0 3 * * *\",\"task\":{" + pull + "}}"))
        .isEqualTo(403);
    assertThat(
            post(key, "/api/workflows", "{\"name\":\"w\",\"steps\":[{\"id\":\"a\"," + pull + "}]}"))
        .isEqualTo(403);
    with(key)
        .contentType("application/json")
        .header("Prefer", "wait=30")
        .body("{\"type\":\"orchestrate\",\"payload\":{" + pull + "}}")
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("failed"))
        .body("error.code", equalTo("forbidden"));
  }

  private static int post(String key, String path, String body) {
    return with(key).contentType("application/json").body(body).post(path).statusCode();
  }
}
