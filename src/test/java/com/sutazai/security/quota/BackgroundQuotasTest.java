package com.sutazai.security.quota;

import static com.sutazai.security.ClosedMode.admin;
import static com.sutazai.security.ClosedMode.with;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.lessThan;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Statement;
import com.sutazai.security.ClosedMode;
import com.sutazai.testing.Midnight;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work that goes on after its request counts for the key of that request. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
@TestProfile(ClosedMode.class)
class BackgroundQuotasTest {
  private static final int DAY = 500_000;
  private static final Statement DUE =
      Statement.of("test.due", "UPDATE schedules SET next_run_at = now() WHERE id = $1");

  private final String owner = "owner-" + UUID.randomUUID();
  private final Database database;

  BackgroundQuotasTest(Database database) {
    this.database = database;
  }

  @BeforeEach
  void oneDay() throws InterruptedException {
    Midnight.keepAway(Duration.ofMinutes(3));
  }

  @BeforeEach
  void serverIsWell() {
    ModelServer.fake().reset();
  }

  private JsonPath key() {
    return ClosedMode.newKey(
        Map.of(
            "name",
            "test",
            "owner",
            owner,
            "scopes",
            List.of("tasks:read", "tasks:write", "models:use"),
            "limits",
            Map.of("tokens_per_day", DAY)));
  }

  private void awaitUsed(JsonPath key) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                admin()
                        .get("/api/keys/" + key.getString("id") + "?owner=" + owner)
                        .jsonPath()
                        .getInt("left.find {it.name == 'tokens_per_day'}.left")
                    < DAY);
  }

  private static String post(JsonPath key, String path, String body) {
    return with(key.getString("key"))
        .contentType("application/json")
        .body(body)
        .post(path)
        .then()
        .statusCode(lessThan(300))
        .extract()
        .path("id");
  }

  private static String inference() {
    return "{\"type\":\"inference\",\"payload\":{\"prompt\":\"" + UUID.randomUUID() + "\"}}";
  }

  @Test
  void a_step_of_a_workflow_counts_for_its_key() {
    JsonPath key = key();

    post(
        key,
        "/api/workflows",
        "{\"name\":\"counted\",\"steps\":[{\"id\":\"a\",\"type\":\"noop\"},{\"id\":\"b\",\"depends_on\":[\"a\"],"
            + inference().substring(1)
            + "]}");

    awaitUsed(key);
  }

  @Test
  void a_task_of_a_schedule_counts_for_the_key_that_gave_it() {
    // Given
    JsonPath first = key();
    String schedule =
        post(
            first,
            "/api/schedules",
            "{\"name\":\"nightly\",\"cron\":\"0 0 1 1 *\",\"missed\":\"once\",\"task\":"
                + inference()
                + "}");
    JsonPath second = key();
    with(second.getString("key"))
        .contentType("application/merge-patch+json")
        .body("{\"task\":" + inference() + "}")
        .patch("/api/schedules/" + schedule)
        .then()
        .statusCode(200);

    // When
    database.update(DUE, UUID.fromString(schedule));

    // Then
    awaitUsed(second);
  }

  @Test
  void a_line_of_a_batch_counts_for_its_key() {
    // Given
    JsonPath key = key();
    String line =
        "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
            + "{\"model\":\"tinyllama\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + UUID.randomUUID()
            + "\"}]}}\n";
    String file =
        with(key.getString("key"))
            .multiPart("purpose", "batch")
            .multiPart(
                "file",
                "in.jsonl",
                line.getBytes(StandardCharsets.UTF_8),
                "application/octet-stream")
            .post("/v1/files")
            .then()
            .statusCode(200)
            .extract()
            .path("id");

    // When
    post(
        key,
        "/v1/batches",
        "{\"input_file_id\":\""
            + file
            + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}");

    // Then
    awaitUsed(key);
  }
}
