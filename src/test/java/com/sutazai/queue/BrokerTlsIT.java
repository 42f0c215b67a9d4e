package com.sutazai.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.BrokerMeters;
import com.sutazai.testing.Certificates;
import com.sutazai.testing.DebianRabbit;
import com.sutazai.testing.Ports;
import com.sutazai.testing.Product;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A RabbitMQ server that is reached with TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class BrokerTlsIT {
  @TempDir static Path folder;

  private Certificates certificates;
  private DebianRabbit broker;
  private int tlsPort;

  @BeforeAll
  void startBroker() throws Exception {
    certificates = Certificates.in(folder);
    tlsPort = Ports.free();
    broker =
        DebianRabbit.secured(folder, tlsPort, certificates.certificate("broker", "IP:127.0.0.1"));
  }

  @AfterAll
  void stopBroker() throws Exception {
    broker.close();
  }

  private Product start(String name, String host, Path authority) throws Exception {
    return Product.up(
        folder.resolve(name),
        Map.of(
            "RABBITMQ_URL",
            "amqps://guest:guest@" + host + ":" + tlsPort,
            "SUTAZAI_QUEUE_BROKER_TRUST_CERTIFICATE",
            authority.toString()));
  }

  private static void assertTasksRun(Product product) throws Exception {
    var answer = product.post("/api/tasks", "{\"type\":\"noop\"}", "Prefer", "wait=60");
    assertThat(new JsonObject(answer.body()).getString("status")).isEqualTo("completed");
  }

  @Test
  void tasks_come_over_a_broker_whose_authority_is_trusted() throws Exception {
    // Given
    try (Product product = start("trusting", "127.0.0.1", certificates.authority())) {
      BrokerMeters.awaitConnected(product);

      // When
      assertTasksRun(product);

      // Then
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> BrokerMeters.published(product, "confirmed") == 1);
    }
  }

  @Test
  void a_broker_of_another_authority_is_not_used_and_tasks_run_without_it() throws Exception {
    Path others = Certificates.in(folder.resolve("others")).authority();
    try (Product product = start("strange", "127.0.0.1", others)) {
      assertRefused(product);
    }
  }

  @Test
  void a_broker_under_another_name_is_not_used_and_tasks_run_without_it() throws Exception {
    try (Product product = start("misnamed", "localhost", certificates.authority())) {
      assertRefused(product);
    }
  }

  private static void assertRefused(Product product) throws Exception {
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(product.log())
                    .contains("its certificate is not accepted")
                    .contains("sutazai.queue.broker.trust-certificate")
                    .doesNotContain("guest:guest"));
    assertTasksRun(product);
    assertThat(BrokerMeters.published(product, "confirmed")).isZero();
  }
}
