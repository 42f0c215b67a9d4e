package com.sutazai.queue.broker;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.sutazai.queue.broker.BrokerJobs.Due;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An open way to the broker: one connection to publish and one to consume, because a broker that
 * holds up publishers stops reading from them. When one ends, both do; whoever wants another opens
 * another.
 */
final class BrokerLink implements AutoCloseable {
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
  private static final int MOST_PRIORITY = 10;

  private final Routes routes;
  private final Runnable changed;
  private final Connection publishing;
  private final Channel publisher;
  private final ReentrantLock sending = new ReentrantLock();
  private volatile @Nullable Connection consuming;
  private volatile Confirms confirms = new Confirms(0);
  private volatile boolean blocked;
  private volatile @Nullable String failure;

  private BrokerLink(Connection publishing, Channel publisher, Routes routes, Runnable changed) {
    this.publishing = publishing;
    this.publisher = publisher;
    this.routes = routes;
    this.changed = changed;
  }

  /**
   * Connects and declares exchange, queues and bindings.
   *
   * @param changed called when the link ended, or may be used again
   */
  static BrokerLink open(
      ConnectionFactory factory, BrokerConfig config, Routes routes, Runnable changed)
      throws IOException, TimeoutException {
    Connection connection = factory.newConnection("sutazai publisher");
    try {
      Channel channel = connection.createChannel();
      declare(channel, config, routes);
      channel.confirmSelect();
      var link = new BrokerLink(connection, channel, routes, changed);
      link.listen();
      return link;
    } catch (IOException | RuntimeException e) {
      connection.abort((int) CLOSE_WITHIN.toMillis());
      throw e;
    }
  }

  private static void declare(Channel channel, BrokerConfig config, Routes routes)
      throws IOException {
    channel.exchangeDeclare(Routes.EXCHANGE, BuiltinExchangeType.TOPIC, true);
    for (Map.Entry<String, String> binding : routes.bindings().entrySet()) {
      channel.queueDeclare(binding.getKey(), true, false, false, arguments(config));
      channel.queueBind(binding.getKey(), Routes.EXCHANGE, binding.getValue());
    }
  }

  private static Map<String, Object> arguments(BrokerConfig config) {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("x-max-length", config.maxLength());
    arguments.put("x-message-ttl", config.messageTtl().toMillis());
    arguments.put("x-overflow", "reject-publish");
    if (config.quorum()) {
      arguments.put("x-queue-type", "quorum");
    } else {
      arguments.put("x-max-priority", MOST_PRIORITY);
    }
    return arguments;
  }

  private void listen() {
    publisher.addConfirmListener(
        (number, multiple) -> confirms.answered(number, multiple, true),
        (number, multiple) -> confirms.answered(number, multiple, false));
    publisher.addReturnListener(
        returned -> confirms.returned(UUID.fromString(returned.getProperties().getMessageId())));
    publishing.addBlockedListener(
        new BlockedListener() {
          @Override
          public void handleBlocked(String reason) {
            blocked = true;
            confirms.giveUp();
          }

          @Override
          public void handleUnblocked() {
            blocked = false;
            changed.run();
          }
        });
    publisher.addShutdownListener(cause -> ended(Failures.reason(cause)));
  }

  /** Consumes from every queue, so many messages of each at once. */
  void consume(ConnectionFactory factory, int prefetch, HintReceiver receiver)
      throws IOException, TimeoutException {
    Connection connection = factory.newConnection("sutazai consumer");
    consuming = connection;
    Channel channel = connection.createChannel();
    channel.addShutdownListener(cause -> ended(Failures.reason(cause)));
    channel.basicQos(prefetch);
    for (String queue : routes.queues()) {
      channel.basicConsume(
          queue,
          (tag, delivery) ->
              receiver.receive(channel, delivery.getEnvelope().getDeliveryTag(), delivery),
          tag -> ended("the queue " + queue + " is gone"));
    }
  }

  private void ended(String reason) {
    if (failure == null) {
      failure = reason;
    }
    confirms.giveUp();
    changed.run();
  }

  boolean isOpen() {
    return failure == null;
  }

  /** Whether messages can be published now. */
  boolean isUsable() {
    return isOpen() && !blocked;
  }

  /** Why it cannot be used now; null when it can. */
  @Nullable String failure() {
    return failure != null ? failure : blocked ? "it takes no messages now" : null;
  }

  /** Gives the link up for the reason. */
  void fail(String reason) {
    ended(reason);
    publishing.abort((int) CLOSE_WITHIN.toMillis());
  }

  /**
   * Begins to send a message about each job, on a thread of its own: a write to a broker that does
   * not read blocks.
   */
  Confirms publish(List<Due> due) {
    var batch = new Confirms(due.size());
    confirms = batch;
    Thread.ofVirtual().name("broker-publish").start(() -> send(due, batch));
    return batch;
  }

  private void send(List<Due> due, Confirms batch) {
    sending.lock(); // until an earlier sender that was held up has noticed that nobody waits for it
    try {
      for (Due job : due) {
        if (batch.isGivenUp()) {
          return;
        }
        batch.sending(publisher.getNextPublishSeqNo(), job.taskId());
        publisher.basicPublish(
            Routes.EXCHANGE,
            routes.key(job.type()),
            true,
            properties(job),
            new Hint(job.taskId(), job.type(), job.attempt()).toJson());
      }
    } catch (IOException | RuntimeException e) {
      ended(Failures.reason(e));
    } finally {
      sending.unlock();
    }
  }

  private static BasicProperties properties(Due job) {
    return new BasicProperties.Builder()
        .contentType("application/json")
        .deliveryMode(2) // persistent
        .priority(job.priority())
        .messageId(job.taskId().toString())
        .build();
  }

  @Override
  public void close() {
    ended("it was left");
    publishing.abort((int) CLOSE_WITHIN.toMillis());
    Connection consumer = consuming;
    if (consumer != null) {
      consumer.abort((int) CLOSE_WITHIN.toMillis());
    }
  }
}
