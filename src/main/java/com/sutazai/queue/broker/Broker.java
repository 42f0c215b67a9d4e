package com.sutazai.queue.broker;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import com.sutazai.platform.loop.Bell;
import com.sutazai.platform.loop.Loop;
import com.sutazai.queue.Distribution;
import com.sutazai.queue.Job;
import com.sutazai.queue.JobHandler;
import com.sutazai.queue.Seats;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The RabbitMQ server of {@code RABBITMQ_URL}, if there is one. One thread connects, publishes
 * while the server is there, and connects again when it was lost; what comes in is the {@link
 * HintReceiver}'s. Without that variable nothing of it runs.
 */
@ApplicationScoped
class Broker implements Distribution {
  private static final Logger LOG = Logger.getLogger(Broker.class);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final Optional<String> url;
  private final BrokerConfig config;
  private final JobHandler handler;
  private final Seats seats;
  private final BrokerJobs jobs;
  private final Outbox outbox;
  private final HintReceiver receiver;
  private final BrokerMetrics metrics;
  private final Bell bell = new Bell();
  private final List<Loop> loops = new ArrayList<>();
  private Told told = Told.NOTHING;
  private volatile @Nullable BrokerLink link;

  Broker(
      @ConfigProperty(name = "rabbitmq.url") Optional<String> url,
      BrokerConfig config,
      JobHandler handler,
      Seats seats,
      BrokerJobs jobs,
      Outbox outbox,
      HintReceiver receiver,
      BrokerMetrics metrics) {
    this.url = url.filter(text -> !text.isBlank());
    this.config = config;
    this.handler = handler;
    this.seats = seats;
    this.jobs = jobs;
    this.outbox = outbox;
    this.receiver = receiver;
    this.metrics = metrics;
  }

  private enum Told {
    NOTHING,
    CONNECTED,
    AWAY
  }

  /** Before anything else is started. */
  void check(@Observes @Priority(0) StartupEvent event) {
    url.ifPresent(BrokerAddress::parse);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    url.map(BrokerAddress::parse).ifPresent(this::start);
  }

  private void start(BrokerAddress address) {
    metrics.register(this::connected);
    ConnectionFactory connections = address.connections(config.trustCertificate());
    loops.add(Loop.start("broker", () -> connect(connections, address)));
    if (seats.any()) {
      loops.add(Loop.start("broker-claim", receiver::claim));
    }
  }

  @Override
  public boolean connected() {
    BrokerLink open = link;
    return open != null && open.isUsable();
  }

  @Override
  public Optional<String> address() {
    return url.map(BrokerAddress::parse).map(BrokerAddress::toString);
  }

  @Override
  public void wake() {
    bell.ring();
  }

  @Override
  public Duration pollInterval() {
    return config.pollInterval();
  }

  @Override
  public List<Job> claimLeft(Map<String, Integer> room, int limit, UUID lease, Duration hold) {
    Duration unclaimed = config.unclaimedAfter().plus(jobs.measuredWait());
    List<Job> claimed = jobs.claimLeft(room, limit, lease, hold, unclaimed, config.pollInterval());
    metrics.fallbackClaims(claimed.size());
    return claimed;
  }

  /** Connects and publishes until the connection ends. */
  private void connect(ConnectionFactory connections, BrokerAddress address)
      throws InterruptedException {
    Routes routes = Routes.of(handler);
    try (BrokerLink open = BrokerLink.open(connections, config, routes, this::wake)) {
      if (seats.any()) {
        open.consume(connections, config.prefetch(), receiver);
      }
      link = open;
      while (open.isOpen()) {
        publish(open, routes, address);
      }
      tell(open.failure(), address);
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      tell(Failures.reason(e), address);
    } finally {
      link = null;
      receiver.forgetEnded();
    }
    Thread.sleep(RECONNECT);
  }

  private void publish(BrokerLink open, Routes routes, BrokerAddress address)
      throws InterruptedException {
    tell(open.failure(), address);
    boolean more = open.isUsable() && outbox.publishDue(open, routes);
    if (!more) {
      bell.await(config.pollInterval());
    }
  }

  /** Says once that it is there, and once that it is not. */
  private void tell(@Nullable String failure, BrokerAddress address) {
    Told now = failure == null ? Told.CONNECTED : Told.AWAY;
    if (now == told) {
      return;
    }
    told = now;
    if (failure == null) {
      LOG.infof("Tasks are distributed over RabbitMQ at %s", address);
    } else {
      LOG.warnf(
          "RabbitMQ at %s cannot be used (%s): until it can, tasks are distributed by the database",
          address, failure);
    }
  }

  /** Takes no more messages in and publishes none; those that are not acknowledged come again. */
  void stop(@Observes @Priority(950) ShutdownEvent event) {
    loops.forEach(Loop::stop);
  }
}
