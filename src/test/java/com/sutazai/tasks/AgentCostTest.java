package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What agents ask the database beside what the queue asks for any task. Statements are counted by
 * their names; looks at a task by who waits for its end are left out, as there are as many as that
 * takes.
 */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class AgentCostTest {
  private static final Pattern COUNT =
      Pattern.compile(
          "^db_query_duration_seconds_count\\{statement=\"([^\"]*)\"} (\\S+)", Pattern.MULTILINE);

  /** The queue's own: one to store the task as claimed, one to end it. */
  private static final String TASK = "tasks.submit_claimed tasks.complete";

  /** What a model was used for is written by the statement that ends the task. */
  private static final String MODEL_TASK = TASK + "_using_models";

  private static final String WAITING = "tasks.find";

  /** What is asked every so often, whatever tasks there are. */
  private static final Set<String> UPKEEP =
      Set.of(
          "agents.built_in",
          "agents.silent",
          "api_keys.any",
          "callbacks.claim",
          "jobs.claim",
          "jobs.claim_oldest",
          "jobs.count",
          "jobs.expire",
          "model_usage.add_once",
          "schedules.until_due",
          "task_dependencies.exist",
          "workflow_signals.due");

  /** Keeping an answer of a model: the task does not wait for it. */
  private static final Set<String> BESIDE = Set.of("cache.seen_below", "cache_entries.put");

  private final String cleanupRoots;

  AgentCostTest(
      @ConfigProperty(name = "sutazai.agents.hardware.cleanup-roots") String cleanupRoots) {
    this.cleanupRoots = cleanupRoots;
  }

  @BeforeEach
  void modelServerIsWell() {
    ModelServer.fake().reset();
    given().get("/api/models").then().statusCode(200);
  }

  private static Map<String, Double> counts() {
    Map<String, Double> counts = new TreeMap<>();
    COUNT
        .matcher(given().get("/metrics").asString())
        .results()
        .forEach(found -> counts.put(found.group(1), Double.valueOf(found.group(2))));
    return counts;
  }

  private static void run(String task) {
    given()
        .contentType("application/json")
        .header("Prefer", "wait=60")
        .body(task)
        .post("/api/tasks")
        .then()
        .statusCode(200)
        .body("status", equalTo("completed"));
  }

  /** What was asked while the task was run. */
  private static Map<String, Double> asked(String task) {
    Map<String, Double> before = counts();
    run(task);
    Map<String, Double> more = new TreeMap<>();
    counts()
        .forEach(
            (name, count) -> {
              double times = count - before.getOrDefault(name, 0.0);
              if (times > 0 && !UPKEEP.contains(name) && !name.equals(WAITING)) {
                more.put(name, times);
              }
            });
    return more;
  }

  /** Each name as often as it is there. */
  private static Map<String, Double> statements(String... names) {
    return Stream.of(names)
        .flatMap(each -> Stream.of(each.split(" ")))
        .filter(name -> !name.isEmpty())
        .collect(toMap(name -> name, name -> 1.0, Double::sum, TreeMap::new));
  }

  private static String task(String type, String payload) {
    return "{\"type\":\"%s\",\"payload\":%s}".formatted(type, payload);
  }

  /** Again until nothing that other tests left runs beside it. */
  private static void untilAlone(Runnable test) {
    await().atMost(Duration.ofMinutes(1)).untilAsserted(test::run);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "noop                | {}                                           | TASK | ''",
        "data_processing     | {'csv': 'a,b\\n1,2\\n3,4'}                   | TASK | ''",
        "text_analysis       | {'text': 'Berlin is the capital of Germany.'} | TASK | ''",
        "search_documents    | {'query': 'NEW'}                             | TASK | document_passages.search",
        "resource_report     | {'window_seconds': 1}                        | TASK | ''",
        "storage_cleanup     | {'root': 'ROOT'}                             | TASK | ''",
        "resource_status     | {}                                           | TASK | ''",
        "queue_statistics    | {}                                           | TASK | tasks.statistics",
        "list_models         | {}                                           | TASK | ''",
        "embeddings          | {'input': 'NEW'}                             | TASK | ''",
        "consensus           | {'prompt': 'NEW', 'samples': 3}              | MODEL_TASK | ''",
        "inference           | {'prompt': 'NEW'}                            | MODEL_TASK | cache_entries.get",
        "chat                | {'messages': [{'role': 'user', 'content': 'NEW'}]} | MODEL_TASK | cache_entries.get",
      },
      quoteCharacter = '`')
  void an_agent_asks_at_most_once_beside_the_queue(
      String type, String payload, String own, String more) throws Exception {
    // Given
    Files.createDirectories(Path.of(cleanupRoots));

    untilAlone(
        () -> {
          String filled =
              payload
                  .replace('\'', '"')
                  .replace("ROOT", cleanupRoots)
                  .replace("NEW", "new " + UUID.randomUUID());

          // When
          Map<String, Double> asked = asked(task(type, filled));

          // Then
          asked.keySet().removeAll(BESIDE);
          String queue = own.equals("TASK") ? TASK : MODEL_TASK;
          assertThat(asked).isEqualTo(statements(queue, more.replace("''", "")));
        });
  }

  /** The one that is handed on is a task that is left under a key and claimed like any other. */
  @Test
  void handing_a_task_on_asks_once_beside_what_both_tasks_ask() {
    untilAlone(
        () ->
            assertThat(asked(task("orchestrate", "{\"type\":\"noop\"}")))
                .isEqualTo(
                    statements(
                        TASK,
                        "idempotency_keys.take tasks.submit idempotency_keys.answer",
                        "tasks.load tasks.complete",
                        "task_links.submitted")));
  }

  @Test
  void a_long_payload_is_read_by_a_statement_of_its_own() {
    String payload = "{\"text\":\"%s\"}".formatted("x".repeat(TaskRepository.SHORT_PAYLOAD));
    untilAlone(
        () ->
            assertThat(asked(task("noop", payload))).isEqualTo(statements(TASK, "tasks.payload")));
  }

  @Test
  void an_own_agent_asks_once_whether_an_answer_is_kept() {
    // Given
    String agent =
        given()
            .contentType("application/json")
            .body(
                "{\"name\":\"cost-%s\",\"type\":\"prompt\",\"config\":{\"template\":\"{{a}}\",\"model\":\"tinyllama\"}}"
                    .formatted(UUID.randomUUID()))
            .post("/api/agents")
            .then()
            .statusCode(201)
            .extract()
            .path("id");

    untilAlone(
        () -> {
          String task =
              "{\"type\":\"prompt\",\"agent_id\":\"%s\",\"payload\":{\"a\":\"%s\"}}"
                  .formatted(agent, UUID.randomUUID());

          // When
          Map<String, Double> first = asked(task);
          Map<String, Double> second = asked(task);

          // Then
          first.keySet().removeAll(BESIDE);
          second.keySet().removeAll(BESIDE);
          assertThat(first).isEqualTo(statements(MODEL_TASK, "cache_entries.get"));
          assertThat(second).as("the same again").isEqualTo(statements(TASK));
        });
  }
}
