package com.sutazai.inference.preparation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Slow
@QuarkusTest
@TestProfile(UnpreparedModel.Beside.class)
class PreparationTest {
  private static final JsonObject PULL =
      new JsonObject().put("model", "tinyllama").put("stream", true);
  private static final JsonObject CREATE =
      new JsonObject()
          .put("model", "tinyllama-optimized")
          .put("from", "tinyllama")
          .put("parameters", new JsonObject().put("num_ctx", 2048).put("use_mmap", true))
          .put("stream", true);
  private static final JsonObject LOAD =
      new JsonObject()
          .put("model", "tinyllama-optimized")
          .put("stream", false)
          .put("keep_alive", -1.0);

  private final FakeModelServer fake = UnpreparedModel.fake();

  @BeforeEach
  void prepared() {
    await().atMost(Duration.ofMinutes(1)).until(() -> fake.requests().size() >= 3);
  }

  @Test
  void the_start_pulls_makes_and_loads_the_model() {
    assertThat(fake.requests().subList(0, 3)).containsExactly(PULL, CREATE, LOAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"prompt\":\"Hi\"}", "{\"prompt\":\"Hi\",\"model\":\"tinyllama:latest\"}"})
  void the_prepared_model_answers_and_is_named(String body) {
    // When
    var answer = given().contentType(ContentType.JSON).body(body).post("/generate").then();

    // Then
    answer.statusCode(200).body("model", equalTo("tinyllama-optimized:latest"));
  }
}
