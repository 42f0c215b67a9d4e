package com.sutazai.inference;

import static com.sutazai.testing.FakeModelServer.hang;
import static com.sutazai.testing.FakeModelServer.hangAfter;
import static com.sutazai.testing.FakeModelServer.slowly;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a model server may say nothing. */
@Slow
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
@TestProfile(SilentServersTest.Impatient.class)
class SilentServersTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Much longer than a busy machine pauses. */
  private static final Duration SILENCE = Duration.ofSeconds(7);

  private final FakeModelServer fake = ModelServer.fake();

  /** Waits shortly for servers that say nothing. */
  public static class Impatient implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      String silence = SILENCE.toSeconds() + "s";
      return Map.of(
          "sutazai.inference.first-byte-timeout", silence,
          "sutazai.inference.token-timeout", silence);
    }
  }

  @BeforeEach
  void serverIsWell() {
    fake.reset();
    await().atMost(BOUND).until(() -> generate().extract().statusCode() == 200);
    fake.reset();
  }

  private static ValidatableResponse generate() {
    return given()
        .contentType("application/json")
        .body("{\"prompt\":\"hi " + UUID.randomUUID() + "\"}")
        .post("/generate")
        .then();
  }

  @Test
  void a_slow_answer_is_waited_for_as_long_as_tokens_come() {
    // Given
    Duration pause = SILENCE.dividedBy(10);
    int tokens = 12; // so that all of it takes longer than a silence may
    fake.next(slowly(pause, Collections.nCopies(tokens, "on ").toArray(String[]::new)));

    // When, then
    generate().statusCode(200).body("generated", equalTo("on ".repeat(tokens)));
  }

  @Test
  void a_hanging_server_is_given_up_and_not_asked_again() {
    // Given
    fake.next(hang());

    // When, then
    generate().statusCode(504).body("code", equalTo("model_timeout"));
    assertThat(fake.requests()).hasSize(1);
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  @Test
  void silence_in_the_middle_of_an_answer_is_given_up() {
    // Given
    fake.next(hangAfter("Hel"));

    // When, then
    generate().statusCode(504).body("code", equalTo("model_timeout"));
  }
}
