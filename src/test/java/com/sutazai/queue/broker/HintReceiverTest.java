package com.sutazai.queue.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.sutazai.platform.id.Ids;
import com.sutazai.platform.sql.Storage;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobHandler;
import com.sutazai.queue.RunningJobs;
import com.sutazai.queue.Seats;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

@QuarkusTest
class HintReceiverTest {
  private final BrokerJobs jobs;
  private final Seats seats;
  private final RunningJobs running;
  private final Storage storage;
  private final Ids ids;
  private final BrokerMetrics metrics;

  HintReceiverTest(
      BrokerJobs jobs,
      Seats seats,
      RunningJobs running,
      Storage storage,
      Ids ids,
      BrokerMetrics metrics) {
    this.jobs = jobs;
    this.seats = seats;
    this.running = running;
    this.storage = storage;
    this.ids = ids;
    this.metrics = metrics;
  }

  /** Has room for nothing; when it is asked, somebody else takes a seat. */
  private final class Full implements JobHandler {
    private boolean otherWasSeated;

    @Override
    public Set<String> types() {
      return Set.of("full");
    }

    @Override
    public Map<String, Integer> room() {
      var other = new CompletableFuture<Integer>();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      other.complete(seats.take(1));
                      seats.giveBack(1);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      try {
        otherWasSeated = other.get(20, TimeUnit.SECONDS) == 1;
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        waiting.interrupt();
      }
      return Map.of();
    }

    @Override
    public Optional<String> agentType(String type) {
      return Optional.empty();
    }

    @Override
    public List<Work> begin(List<Job> begun) {
      return List.of();
    }
  }

  @Test
  void a_claim_holds_no_more_seats_than_there_are_hints() throws Exception {
    // Given
    var handler = new Full();
    var receiver = new HintReceiver(jobs, handler, seats, running, storage, ids, metrics);
    receiver.receive(open(), 1, hint());

    // When
    receiver.claim();

    // Then
    assertThat(handler.otherWasSeated).isTrue();
  }

  private Delivery hint() {
    return new Delivery(
        new Envelope(1, false, "", ""),
        new AMQP.BasicProperties(),
        new Hint(ids.next(), "full", 1).toJson());
  }

  private static Channel open() {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, args) -> null);
  }
}
