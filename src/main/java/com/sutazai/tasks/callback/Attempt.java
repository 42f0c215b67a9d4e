package com.sutazai.tasks.callback;

import com.sutazai.queue.Backoff;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes one try of a delivery and notes how it went: done, again later, or given up. */
@ApplicationScoped
class Attempt {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int GONE = 410;

  private final EndedTask tasks;
  private final Secrets secrets;
  private final CallbackClient client;
  private final CallbackRepository repository;
  private final CallbackConfig config;
  private final InstantSource clock;

  Attempt(
      EndedTask tasks,
      Secrets secrets,
      CallbackClient client,
      CallbackRepository repository,
      CallbackConfig config,
      InstantSource clock) {
    this.tasks = tasks;
    this.secrets = secrets;
    this.client = client;
    this.repository = repository;
    this.config = config;
    this.clock = clock;
  }

  /** What became of a try. */
  enum Outcome {
    DELIVERED,
    RETRIED,
    FAILED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Empty when it does not count: the task was run again, or another has taken the delivery. */
  Optional<Outcome> make(Delivery delivery) throws InterruptedException {
    if (delivery.attempt() > config.maxAttempts()) {
      return failed(delivery, null, "The process died during the last try.");
    }
    Optional<String> json = tasks.json(delivery.owner(), delivery.taskId());
    if (json.isEmpty()) {
      return Optional.empty();
    }
    byte[] body = json.get().getBytes(StandardCharsets.UTF_8);
    return switch (client.post(delivery.url(), headers(delivery, body), body)) {
      case Reply.Answered(int status) when status / 100 == 2 ->
          repository.delivered(delivery, status)
              ? Optional.of(Outcome.DELIVERED)
              : Optional.empty();
      case Reply.Answered(int status) when status == GONE ->
          failed(delivery, status, "The receiver wants no more: it answered 410.");
      case Reply.Answered(int status) ->
          againOrFailed(delivery, status, "The receiver answered " + status + ".");
      case Reply.Unreachable(String reason) -> againOrFailed(delivery, null, reason);
      case Reply.Refused(String reason) -> failed(delivery, null, reason);
    };
  }

  private Map<String, String> headers(Delivery delivery, byte[] body) {
    long seconds = clock.instant().getEpochSecond();
    return Map.of(
        "Content-Type",
        "application/json",
        "User-Agent",
        "SutazAI",
        "webhook-id",
        delivery.id(),
        "webhook-timestamp",
        String.valueOf(seconds),
        "webhook-signature",
        Signature.of(secrets.key(delivery), delivery.id(), seconds, body));
  }

  private Optional<Outcome> againOrFailed(
      Delivery delivery, @Nullable Integer status, String error) {
    Duration pause = pauseAfter(delivery.attempt());
    boolean over =
        delivery.attempt() >= config.maxAttempts()
            || clock.instant().plus(pause).isAfter(delivery.endedAt().plus(LONGEST));
    if (over) {
      return failed(delivery, status, error);
    }
    return repository.again(delivery, status, error, pause)
        ? Optional.of(Outcome.RETRIED)
        : Optional.empty();
  }

  private Optional<Outcome> failed(Delivery delivery, @Nullable Integer status, String error) {
    return repository.failed(delivery, status, error)
        ? Optional.of(Outcome.FAILED)
        : Optional.empty();
  }

  /** Four times as long with each try: with the defaults the last of eight comes within a day. */
  private Duration pauseAfter(int attempt) {
    return Backoff.pause(config.retryPause(), 2 * (attempt - 1), LONGEST);
  }
}
