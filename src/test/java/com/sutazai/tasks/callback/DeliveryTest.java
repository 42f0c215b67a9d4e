package com.sutazai.tasks.callback;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sutazai.platform.id.Ids;
import com.sutazai.platform.net.AddressGuard;
import com.sutazai.tasks.callback.CallbackRepository.Share;
import com.sutazai.testing.Receiver;
import com.sutazai.testing.Receiver.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Deliveries that are due while the receiver keeps those waiting that the courier of the
 * application has brought.
 */
@QuarkusTest
class DeliveryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HOLD = Duration.ofSeconds(60);
  private static final int DUE = 50;

  private final CallbackRepository repository;
  private final EndedTask tasks;
  private final Secrets secrets;
  private final AddressGuard guard;
  private final Vertx vertx;
  private final Ids ids;
  private final Receiver receiver = Receiver.start();
  private final CountDownLatch release = new CountDownLatch(1);

  DeliveryTest(
      CallbackRepository repository,
      EndedTask tasks,
      Secrets secrets,
      AddressGuard guard,
      Vertx vertx,
      Ids ids) {
    this.repository = repository;
    this.tasks = tasks;
    this.secrets = secrets;
    this.guard = guard;
    this.vertx = vertx;
    this.ids = ids;
  }

  @BeforeEach
  void keepTheCourierWaiting() {
    receiver.behave(
        call -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new Answer(200, "", Map.of());
        });
    String task =
        "{\"type\":\"noop\",\"callback_url\":\"http://localhost:" + receiver.port() + "/\"},";
    given()
        .contentType("application/json")
        .body("{\"tasks\":[" + task.repeat(DUE).substring(0, task.length() * DUE - 1) + "]}")
        .post("/api/tasks/bulk")
        .then()
        .statusCode(202);
    await().atMost(PATIENCE).until(() -> receiver.calls().size() == 3);
  }

  @AfterEach
  void close() {
    release.countDown();
    receiver.close();
  }

  private List<Delivery> claim(int limit) {
    return repository.claim(Map.of(), new Share(limit, limit), limit, ids.next(), HOLD).stream()
        .filter(delivery -> delivery.receiver().equals("localhost:" + receiver.port()))
        .toList();
  }

  @Test
  void two_that_look_at_once_never_get_the_same() throws Exception {
    // When
    List<UUID> claimed = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Delivery>>> looks =
          IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> claim(1000))).toList();
      for (Future<List<Delivery>> look : looks) {
        look.get().forEach(delivery -> claimed.add(delivery.taskId()));
      }
    }

    // Then
    assertThat(claimed).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void who_has_lost_the_lease_notes_nothing() {
    // Given
    Delivery held =
        await().atMost(PATIENCE).until(() -> claim(1), one -> !one.isEmpty()).getFirst();
    Delivery lost =
        new Delivery(
            held.taskId(),
            held.owner(),
            held.url(),
            held.receiver(),
            held.end(),
            held.endedAt(),
            held.attempt(),
            ids.next(),
            null);

    // When, then
    assertThat(repository.delivered(lost, 200)).isFalse();
    assertThat(repository.failed(lost, null, "no")).isFalse();
    assertThat(repository.again(lost, null, "no", Duration.ZERO)).isFalse();
    assertThat(repository.delivered(held, 200)).isTrue();
    assertThat(repository.delivered(held, 200)).isFalse();
  }

  @Test
  void a_name_that_leads_to_a_private_address_is_given_up_with_the_reason() throws Exception {
    // Given
    Delivery delivery =
        await().atMost(PATIENCE).until(() -> claim(1), one -> !one.isEmpty()).getFirst();
    CallbackConfig strict = CallbacksTest.strict();
    Attempt attempt =
        new Attempt(
            tasks,
            secrets,
            new CallbackClient(vertx, guard, strict),
            repository,
            strict,
            InstantSource.system());

    // When
    var outcome = attempt.make(delivery);

    // Then
    assertThat(outcome).contains(Attempt.Outcome.FAILED);
    given()
        .get("/api/tasks/" + delivery.taskId() + "/callback")
        .then()
        .body("status", equalTo("failed"))
        .body("attempts", equalTo(1))
        .body("last_error", containsString("allow-private"));
    assertThat(receiver.calls()).hasSize(3);
  }

  @Test
  void what_is_handed_back_is_due_again_and_does_not_count() {
    // Given
    Delivery first =
        await().atMost(PATIENCE).until(() -> claim(1), one -> !one.isEmpty()).getFirst();

    // When
    repository.handBack(first);

    // Then
    given()
        .get("/api/tasks/" + first.taskId() + "/callback")
        .then()
        .body("status", equalTo("waiting"))
        .body("attempts", equalTo(0));
  }
}
