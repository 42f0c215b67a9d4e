package com.sutazai.inference.profile;

import static com.sutazai.testing.FakeModelServer.endlessly;
import static com.sutazai.testing.FakeModelServer.say;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class ProfileResourceTest {
  private static final String PATH = "/api/models/profile";

  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void serverIsWell() {
    fake.reset();
  }

  @Test
  void a_model_is_measured_at_each_level() {
    // Given
    fake.models("measured:latest");

    // When
    var answer = given().get(PATH + "?name=measured").then();

    // Then
    answer
        .statusCode(200)
        .body("model", equalTo("measured:latest"))
        .body("measured_at", notNullValue())
        .body("age_seconds", greaterThanOrEqualTo(0))
        .body("cores", greaterThan(0))
        .body("prompt", containsString("story"))
        .body("max_tokens", equalTo(32))
        .body("first.total_ms", greaterThan(0f))
        .body("levels.in_flight", equalTo(List.of(1, 4, 8, 16)))
        .body("levels.samples", equalTo(List.of(2, 8, 16, 32)))
        .body("levels.tokens", equalTo(List.of(4, 16, 32, 64)))
        .body("levels.tokens_per_second", everyItem(greaterThan(0f)))
        .body("levels.first_token_ms.median", everyItem(greaterThan(0f)))
        .body("missing", equalTo(List.of()));
    assertThat(fake.requests()).hasSize(59);
    assertThat(fake.requests().getFirst().getJsonObject("options").getInteger("num_predict"))
        .isEqualTo(32);
    given().get("/api/v1/models/profile?name=measured").then().statusCode(200);
    assertThat(fake.requests()).hasSize(59);
  }

  @Test
  void a_caller_that_leaves_ends_the_measurement() throws Exception {
    // Given
    fake.models("left:latest");
    fake.otherwise(endlessly(Duration.ofMillis(20)));
    try (Socket caller = new Socket("localhost", RestAssured.port)) {
      caller
          .getOutputStream()
          .write(
              ("GET " + PATH + "?name=left HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(Duration.ofMinutes(1)).until(() -> !fake.requests().isEmpty());

      // When: it closes its connection
    }

    // Then
    await().atMost(Duration.ofMinutes(1)).until(() -> fake.abandoned() > 0);
    fake.otherwise(say("Hello"));
    given().get(PATH + "?name=left").then().statusCode(200).body("model", equalTo("left:latest"));
  }

  @Test
  void a_model_that_is_not_installed_is_named_with_what_helps() {
    given()
        .get(PATH + "?name=nowhere")
        .then()
        .statusCode(503)
        .body("code", equalTo("model_not_found"))
        .body("detail", containsString("ollama pull nowhere"));
  }

  @ParameterizedTest
  @CsvSource({
    "name=%20, name, model's name",
    "name=a%00b, name, model's name",
    "refresh=yes, refresh, 'false, true'"
  })
  void bad_input_names_the_field_and_the_rule(String query, String field, String rule) {
    given()
        .urlEncodingEnabled(false)
        .get(PATH + "?" + query)
        .then()
        .statusCode(400)
        .body("code", equalTo("invalid_request"))
        .body("field", equalTo(field))
        .body("detail", containsString(rule));
  }
}
