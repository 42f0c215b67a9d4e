package com.sutazai.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Slow;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An owner's unfinished batches, of which one more may be made. */
@Slow
@QuarkusTest
@TestProfile(BatchProfile.class)
class BatchBoundTest {
  private final FakeCalls calls;
  private final BatchesConfig config;
  private final CountDownLatch held = new CountDownLatch(1);
  private final List<String> made = Collections.synchronizedList(new ArrayList<>());

  BatchBoundTest(FakeCalls calls, BatchesConfig config) {
    this.calls = calls;
    this.config = config;
  }

  @BeforeEach
  void holdLines() {
    calls.reset();
    calls.script(
        input -> {
          held.await();
          return FakeCalls.echo(input);
        });
  }

  @AfterEach
  void endAll() {
    held.countDown();
    made.forEach(Client::awaitEnd);
    calls.reset();
  }

  private boolean isTaken(String file) {
    Response answer = Client.make(file);
    while (answer.statusCode() == 503) {
      assertThat(answer.header("Retry-After")).isNotNull();
      answer = Client.make(file);
    }
    if (answer.statusCode() == 200) {
      made.add(answer.path("id"));
      return true;
    }
    assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(409);
    return false;
  }

  @Test
  void of_batches_that_are_made_at_the_same_time_one_is_taken() throws Exception {
    // Given
    String file = Client.upload(Client.lines("bound", 1));
    while (made.size() < config.maxOpen() - 1) {
      assertThat(isTaken(file)).isTrue();
    }

    // When
    int taken = 0;
    Callable<Boolean> making = () -> isTaken(file);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(Collections.nCopies(8, making))) {
        taken += answer.get() ? 1 : 0;
      }
    }

    // Then
    assertThat(taken).isEqualTo(1);
  }
}
