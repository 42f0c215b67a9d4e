package com.sutazai.queue;

import static com.sutazai.testing.BrokerMeters.awaitConnected;
import static com.sutazai.testing.BrokerMeters.published;
import static org.awaitility.Awaitility.await;

import com.sutazai.testing.DebianRabbit;
import com.sutazai.testing.Product;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same queue, distributed over RabbitMQ. */
@SuppressWarnings("NullAway.Init")
class BrokerQueueIT extends QueueContract {
  private DebianRabbit broker;

  @BeforeAll
  void startBroker() throws Exception {
    broker = DebianRabbit.start(folder);
  }

  @AfterAll
  void stopBroker() throws Exception {
    broker.close();
  }

  /** With so much patience nothing but the broker hands tasks out that it took. */
  @Override
  Map<String, String> distribution() {
    return Map.of("RABBITMQ_URL", broker.url(), "SUTAZAI_QUEUE_BROKER_UNCLAIMED_AFTER", "10m");
  }

  @Override
  void awaitReady(Product node) {
    awaitConnected(node);
  }

  @Override
  void awaitHandedOut(Product node, int tasks) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> published(node, "confirmed") == tasks && broker.ready("inference_queue") == 0);
  }
}
