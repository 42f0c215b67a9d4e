package com.sutazai.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.Certificates;
import com.sutazai.testing.Certificates.Pair;
import com.sutazai.testing.DebianPostgres;
import com.sutazai.testing.Neo4jServerProcess;
import com.sutazai.testing.Product;
import io.restassured.path.json.JsonPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Config.TrustStrategy;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/** Two processes on one database and one Neo4j, which speaks TLS alone. */
@Timeout(600)
class Neo4jProcessesIT {
  private static final Duration FOREVER = Duration.ofMinutes(1);
  private static final String PASSWORD = "graphs-and-trees";
  private static final int TASKS = 25;

  private static Certificates certificates;
  private static DebianPostgres database;
  private static Neo4jServerProcess server;
  private static Driver driver;
  @TempDir private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    certificates = Certificates.in(folder);
    Pair pair = certificates.certificate("neo4j", "IP:127.0.0.1");
    Path shown = Files.createDirectories(folder.resolve("shown"));
    Files.copy(pair.certificate(), shown.resolve("public.crt"));
    Files.copy(pair.key(), shown.resolve("private.key"));
    database = DebianPostgres.start(folder);
    server = Neo4jServerProcess.start(folder.resolve("neo4j"), PASSWORD, shown);
    driver =
        GraphDatabase.driver(
            "bolt://127.0.0.1:" + server.port(),
            AuthTokens.basic("neo4j", PASSWORD),
            Config.builder()
                .withEncryption()
                .withTrustStrategy(
                    TrustStrategy.trustCustomCertificateSignedBy(certificates.authority().toFile()))
                .build());
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {driver, server, database}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static Product product(String name, String url, Path trusted) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", database.url());
    environment.put("NEO4J_URL", url);
    environment.put("NEO4J_PASSWORD", PASSWORD);
    environment.put("SUTAZAI_GRAPH_NEO4J_INTERVAL", "20ms");
    environment.put("SUTAZAI_GRAPH_NEO4J_TRUST_CERTIFICATE", trusted.toString());
    return Product.up(folder.resolve(name), environment);
  }

  private static Product trusting(String name) throws Exception {
    return product(name, url("bolt+s", "127.0.0.1"), certificates.authority());
  }

  private static String url(String scheme, String host) {
    return scheme + "://" + host + ":" + server.port();
  }

  private static String noop(Product at) throws Exception {
    return JsonPath.from(at.get("/api/agents?limit=500").body())
        .getString("items.find { it.name == 'noop' }.id");
  }

  private static JsonPath graph(Product at, String agent) throws Exception {
    return JsonPath.from(at.get("/api/graph/agents/" + agent + "?limit=500").body());
  }

  private static void awaitAsked(Product at) {
    await()
        .atMost(FOREVER)
        .until(
            () -> "ok".equals(JsonPath.from(at.get("/health").body()).getString("checks.graph")));
  }

  private static String run(Product at) throws Exception {
    return JsonPath.from(at.post("/api/tasks", "{\"type\":\"noop\"}", "Prefer", "wait=60").body())
        .getString("id");
  }

  /** Ids of the tasks that the copy has as completed. */
  private static Set<String> copied() {
    try (var session = driver.session()) {
      return new TreeSet<>(
          session.run("MATCH (t:Task {status: 'completed'}) RETURN t.id AS id").stream()
              .map(row -> row.get("id").asString())
              .toList());
    }
  }

  private static Thread tasks(Product at, Set<String> done) {
    return Thread.ofVirtual()
        .start(
            () ->
                IntStream.range(0, TASKS)
                    .forEach(
                        i -> {
                          try {
                            done.add(run(at));
                          } catch (Exception e) {
                            throw new IllegalStateException(e);
                          }
                        }));
  }

  @Test
  void two_processes_fill_one_copy_and_when_one_is_killed_the_other_goes_on() throws Exception {
    // Given
    Set<String> done = new ConcurrentSkipListSet<>();
    Product first = trusting("first");
    try (Product second = trusting("second")) {
      String noop = noop(first);
      awaitAsked(first);
      awaitAsked(second);

      // When
      List<Thread> callers = List.of(tasks(first, done), tasks(second, done));
      second.post("/api/admin/graph-rebuild", "{}");
      for (Thread caller : callers) {
        caller.join();
      }

      // Then
      assertThat(done).hasSize(2 * TASKS);
      await().atMost(FOREVER).untilAsserted(() -> assertThat(copied()).containsAll(done));
      for (Product each : List.of(first, second)) {
        awaitAsked(each);
        await()
            .atMost(FOREVER)
            .untilAsserted(
                () -> {
                  JsonPath answer = graph(each, noop);
                  assertThat(answer.getString("store")).isEqualTo("neo4j");
                  assertThat(answer.getList("tasks.id", String.class)).containsAll(done);
                });
      }

      // When
      first.kill();
      Set<String> after = new ConcurrentSkipListSet<>();
      tasks(second, after).join();

      // Then
      assertThat(after).hasSize(TASKS);
      await().atMost(FOREVER).untilAsserted(() -> assertThat(copied()).containsAll(after));
      awaitAsked(second);
      await().atMost(FOREVER).until(() -> graph(second, noop).getString("store").equals("neo4j"));
      assertThat(labels()).as("the copy is one copy").containsExactly("GraphFeed");
    } finally {
      first.close();
    }
  }

  private static List<String> labels() {
    try (var session = driver.session()) {
      return session.run("MATCH (f:GraphFeed) RETURN labels(f)[0] AS label").stream()
          .map(row -> row.get("label").asString())
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bolt+s,127.0.0.1,false,PKIX path",
    "bolt+s,localhost,true,matching localhost found",
    "bolt,127.0.0.1,true,compatible encryption settings"
  })
  void a_server_that_is_not_trusted_or_not_asked_for_tls_is_not_used(
      String scheme, String host, boolean itsAuthority, String why) throws Exception {
    // Given
    Path trusted =
        itsAuthority
            ? certificates.authority()
            : Certificates.in(Files.createTempDirectory(folder, "other")).authority();

    // When
    try (Product product = product("untrusting", url(scheme, host), trusted)) {
      // Then
      await().atMost(FOREVER).until(() -> product.log().contains("cannot be used"));
      assertThat(product.log())
          .contains(why)
          .doesNotContain(PASSWORD)
          .doesNotContainPattern("Neo4j at \\S+ answers");
      assertThat(graph(product, noop(product)).getString("store")).isEqualTo("postgresql");
    }
  }
}
