package com.sutazai.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.Neo4jServerProcess;
import com.sutazai.testing.Product;
import com.sutazai.testing.Proxy;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Record;
import org.neo4j.driver.summary.Plan;

/** The program with its copy in a real Neo4j, over a network that can fail. */
@Timeout(300)
class Neo4jGraphIT extends AgentGraphContract {
  private static final Duration FOREVER = Duration.ofMinutes(1);
  private static final String PASSWORD = "graphs-and-trees";
  private static final Pattern LOOKS =
      meter("db_query_duration_seconds_count{statement=\"graph_feed.look\"}");
  private static final Pattern WAITING = meter("graph_changes_waiting");

  private static Neo4jServerProcess server;
  private static Proxy network;
  private static Product product;
  private static Driver driver;
  @TempDir private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = Neo4jServerProcess.start(folder.resolve("neo4j"), PASSWORD);
    network = Proxy.to(server.port());
    product = product("data");
    driver =
        GraphDatabase.driver(
            "bolt://127.0.0.1:" + server.port(), AuthTokens.basic("neo4j", PASSWORD));
  }

  private static Product product(String data) throws Exception {
    return Product.up(
        folder.resolve(data),
        Map.of(
            "NEO4J_URL",
            "bolt://127.0.0.1:" + network.port(),
            "NEO4J_PASSWORD",
            PASSWORD,
            "SUTAZAI_GRAPH_NEO4J_INTERVAL",
            "20ms"));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {driver, product, network, server}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static Pattern meter(String name) {
    return Pattern.compile("^" + Pattern.quote(name) + " (\\S+)$", Pattern.MULTILINE);
  }

  private static double value(Pattern meter) {
    Matcher found = meter.matcher(given(product).get("/metrics").asString());
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  private static RequestSpecification given(Product at) {
    return RestAssured.given().baseUri("http://127.0.0.1:" + at.port());
  }

  @Override
  RequestSpecification given() {
    return given(product);
  }

  @Override
  String store() {
    return "neo4j";
  }

  /** A look that began after this call found nothing to copy. */
  @Override
  void awaitCopied() {
    double looks = value(LOOKS);
    await()
        .atMost(FOREVER)
        .until(() -> isAsked() && value(WAITING) == 0 && value(LOOKS) >= looks + 2);
  }

  private boolean isAsked() {
    return "ok".equals(given().get("/health").path("checks.graph"));
  }

  private static List<Record> neo4j(String cypher, Map<String, Object> parameters) {
    try (var session = driver.session()) {
      return session.run(cypher, parameters).list();
    }
  }

  @Test
  void the_indexes_of_the_guide_are_there_and_the_question_needs_no_scan_and_no_sort() {
    // Given
    awaitCopied();

    // When
    Set<String> indexes =
        Set.copyOf(
            neo4j("SHOW INDEXES YIELD name", Map.of()).stream()
                .map(row -> row.get("name").asString())
                .toList());
    Plan plan;
    try (var session = driver.session()) {
      plan =
          session
              .run(
                  "EXPLAIN " + NodeGraph.OF_AGENT,
                  Map.of("agent", "a", "owner", "o", "system", "s", "limit", 50))
              .consume()
              .plan();
    }

    // Then
    assertThat(indexes).contains("agent_id_index", "task_status_index", "agent_type_index");
    assertThat(operators(plan)).noneMatch(name -> name.matches(".*(Scan|Sort|Top).*"));
  }

  private static List<String> operators(Plan plan) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(plan.operatorType()),
            plan.children().stream().flatMap(child -> operators(child).stream()))
        .toList();
  }

  @Test
  void tasks_of_other_owners_are_not_shown() {
    // Given
    run("{\"type\":\"noop\"}");
    awaitCopied();

    // When
    neo4j(
        "CREATE (:Task {id: 'ffffffff-0000-7000-8000-000000000001', owner: 'other', type: 'noop', agent_id: $noop,"
            + " generation: 1000})",
        Map.of("noop", id("noop")));

    // Then
    assertThat(graph("noop", 500).getList("tasks.id", String.class))
        .isNotEmpty()
        .noneMatch(id -> id.startsWith("ffffffff"));
  }

  @Test
  void while_neo4j_hangs_postgresql_answers_the_same_and_afterwards_nothing_is_missed()
      throws Exception {
    // Given
    JsonPath before = graph("noop", 50);

    // When
    network.stall();
    try {
      JsonPath hanging = given().get("/api/graph/agents/" + id("noop")).jsonPath();

      // Then
      assertThat(hanging.getString("store")).isEqualTo("postgresql");
      for (String part : List.of("agent", "tasks", "links", "partners", "complete")) {
        assertThat(hanging.<Object>get(part)).as(part).isEqualTo(before.get(part));
      }
      await().atMost(FOREVER).until(() -> !isAsked());
      given().get("/health").then().statusCode(200).body("status", equalTo("ok"));
      IntStream.range(0, 20).forEach(i -> run("{\"type\":\"noop\"}"));
    } finally {
      network.heal();
    }
    JsonPath healed = graph("noop", 50);
    assertThat(healed.getList("tasks")).hasSizeGreaterThanOrEqualTo(20);
    assertThat(healed.getList("tasks.status").subList(0, 20)).containsOnly("completed");
  }

  @Test
  void a_server_that_lost_everything_is_filled_again() {
    // Given
    JsonPath before = graph("noop", 50);

    // When
    neo4j("MATCH (n) DETACH DELETE n", Map.of());

    // Then
    await().atMost(FOREVER).until(() -> !neo4j("MATCH (f:GraphFeed) RETURN f", Map.of()).isEmpty());
    JsonPath after = graph("noop", 50);
    assertThat(after.<Object>get("tasks")).isEqualTo(before.get("tasks"));
    assertThat(after.<Object>get("links")).isEqualTo(before.get("links"));
  }

  @Test
  void a_rebuild_is_made_once_while_tasks_come_in_and_removes_what_is_not_in_the_database()
      throws Exception {
    // Given
    awaitCopied();
    neo4j("CREATE (:Task {id: 'stray'}), (:Agent {id: 'stray'})", Map.of());

    // When
    Thread tasks =
        Thread.ofVirtual()
            .start(() -> IntStream.range(0, 30).forEach(i -> run("{\"type\":\"noop\"}")));
    String started = rebuild();
    String again = rebuild();
    tasks.join();

    // Then
    awaitCopied();
    await()
        .atMost(FOREVER)
        .until(() -> given().get("/api/admin/graph-rebuild").path("status").equals("done"));
    assertThat(Instant.parse(again)).isAfterOrEqualTo(Instant.parse(started));
    JsonPath done = given().get("/api/v1/admin/graph-rebuild").jsonPath();
    assertThat(done.getLong("agents")).isPositive();
    assertThat(done.getLong("tasks")).isPositive();
    assertThat(neo4j("MATCH (n {id: 'stray'}) RETURN n", Map.of())).isEmpty();
    JsonPath noop = graph("noop", 30);
    assertThat(noop.getList("tasks.status")).hasSize(30).containsOnly("completed");
  }

  private String rebuild() {
    return given()
        .post("/api/admin/graph-rebuild")
        .then()
        .statusCode(202)
        .extract()
        .path("started_at");
  }

  @Test
  void the_graph_of_another_database_is_left_alone() throws Exception {
    // Given
    JsonPath before = graph("noop", 50);

    // When
    try (Product other = product("other")) {
      // Then
      await().atMost(FOREVER).until(() -> other.log().contains("the graph of another database"));
      given(other)
          .get("/api/graph/agents/" + id(given(other), "noop"))
          .then()
          .statusCode(200)
          .body("store", equalTo("postgresql"));
      assertThat(given(other).get("/health").<String>path("checks.graph")).isEqualTo("degraded");
    }
    assertThat(graph("noop", 50).<Object>get("tasks")).isEqualTo(before.get("tasks"));
  }
}
