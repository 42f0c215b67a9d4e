package com.sutazai.queue.broker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** How jobs are distributed over the RabbitMQ server of {@code RABBITMQ_URL}. */
@ConfigMapping(prefix = "sutazai.queue.broker")
public interface BrokerConfig {
  /** Quorum queues, kept by several servers, instead of classic ones; they know no priorities. */
  @WithDefault("false")
  boolean quorum();

  /** A file of PEM certificates to trust instead of the machine's; for {@code amqps} alone. */
  Optional<Path> trustCertificate();

  /** Messages that a queue holds; past it the server refuses more and the database is asked. */
  @WithDefault("1000")
  @Min(1)
  int maxLength();

  /** How long a message lives; its job stays, and is found in the database. */
  @WithDefault("1h")
  @DurationMin(millis = 1)
  Duration messageTtl();

  /** Messages of one queue that this process holds at once. */
  @WithDefault("10")
  @Min(1)
  int prefetch();

  /**
   * How often a process looks for what the broker left, and for jobs to publish that it was not
   * told of. A job that is due for longer and not published is taken without the broker.
   */
  @WithDefault("1s")
  @DurationMin(millis = 1)
  Duration pollInterval();

  /**
   * How long a published job may stay unclaimed, on top of the measured wait of messages, before it
   * is taken without its message.
   */
  @WithDefault("5s")
  @DurationMin
  Duration unclaimedAfter();
}
