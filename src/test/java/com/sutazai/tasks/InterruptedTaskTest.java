package com.sutazai.tasks;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Work that is taken away from an agent inside a call of it, as at the end of the process. */
@QuarkusTest
class InterruptedTaskTest {
  private final StepByStepAgent agent;

  InterruptedTaskTest(StepByStepAgent agent) {
    this.agent = agent;
  }

  static Stream<RuntimeException> failures() {
    return Stream.of(
        new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, "The call was interrupted."),
        new IllegalStateException("The call was interrupted."));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_call_that_an_interrupt_ended_is_no_failure_of_the_task(RuntimeException failure)
      throws Exception {
    // Given
    String path =
        "/api/tasks/"
            + given()
                .contentType("application/json")
                .body("{\"type\":\"step_by_step\"}")
                .post("/api/tasks")
                .then()
                .statusCode(202)
                .extract()
                .<String>path("id");
    CountDownLatch begun = new CountDownLatch(1);

    // When
    agent.next(
        call -> {
          begun.countDown();
          Thread.currentThread().interrupt();
          throw failure;
        });
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    await().atMost(Duration.ofMinutes(1)).until(() -> running() == 0);

    // Then: whoever interrupts stores what becomes of it
    given().get(path).then().body("status", equalTo("processing")).body("error", nullValue());
    given().post(path + "/cancel").then().statusCode(200);
  }

  private static int running() {
    String id = given().get("/api/agents?q=step-by-step").path("items[0].id");
    return given().get("/api/agents/" + id).path("load.running");
  }
}
