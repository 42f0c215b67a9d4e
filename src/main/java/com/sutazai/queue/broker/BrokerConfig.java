package com.sutazai.queue.broker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How jobs are distributed over the RabbitMQ server of {@code RABBITMQ_URL}. */
@ConfigMapping(prefix = "sutazai.queue.broker")
interface BrokerConfig {
  /** Quorum queues, kept by several servers, instead of classic ones; they know no priorities. */
  @WithDefault("false")
  boolean quorum();

  /** A file of PEM certificates to trust instead of the machine's; for {@code amqps} alone. */
  Optional<Path> trustCertificate();

  /** Messages that a queue holds; past it the server refuses more and the database is asked. */
  @WithDefault("1000")
  int maxLength();

  /** How long a message lives; its job stays, and is found in the database. */
  @WithDefault("1h")
  Duration messageTtl();

  /** Messages of one queue that this process holds at once. */
  @WithDefault("10")
  int prefetch();

  /**
   * How often a process looks for what the broker left, and for jobs to publish that it was not
   * told of. A job that is due for longer and not published is taken without the broker.
   */
  @WithDefault("1s")
  Duration pollInterval();

  /**
   * How long a published job may stay unclaimed, on top of the measured wait of messages, before it
   * is taken without its message.
   */
  @WithDefault("5s")
  Duration unclaimedAfter();
}
