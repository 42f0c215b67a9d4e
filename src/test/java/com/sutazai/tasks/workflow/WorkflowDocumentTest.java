package com.sutazai.tasks.workflow;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/workflows.md} does what the page says. */
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class WorkflowDocumentTest {
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  private final FakeModelServer fake = ModelServer.fake();

  @Test
  void the_example_runs() throws Exception {
    // Given
    fake.reset();
    fake.otherwise(FakeModelServer.say("Basel"));
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("docs/workflows.md")));
    assertThat(example.find()).isTrue();

    // When
    String id =
        given()
            .contentType("application/json")
            .body(example.group(1))
            .post("/api/workflows")
            .then()
            .statusCode(202)
            .header("Location", org.hamcrest.Matchers.containsString("/api/workflows/"))
            .extract()
            .path("id");

    // Then
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                given()
                    .get("/api/workflows/" + id)
                    .then()
                    .body("status", equalTo("completed"))
                    .body("progress.completed", equalTo(4)));
    assertThat(fake.requests())
        .extracting(request -> request.getString("prompt"))
        .contains("Name one city of Switzerland with about 154.0 thousand people. One word only.");
    String report = given().get("/api/workflows/" + id + "/steps/report").asString();
    String task = given().get("/api/workflows/" + id).then().extract().path("steps[3].task_id");
    assertThat(report).contains("{{steps.guess.result.winner}}");
    given()
        .get("/api/tasks/" + task)
        .then()
        .body("payload.guess", equalTo("Basel"))
        .body("payload.agreement", equalTo(1.0f))
        .body("payload.title", equalTo("Cities, 2 rows"));
  }
}
