package com.sutazai.inference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.backend.CircuitBreaker;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.TokenStream;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import io.smallrye.faulttolerance.api.TypedGuard;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the model server. Each call waits for a free place, passes the circuit breaker, and is tried
 * again, with jitter, as long as no token came; an outcome that a retry mended is no failure.
 */
@ApplicationScoped
public class Inference {
  private final InferenceConfig config;
  private final OllamaClient client;
  private final Models models;
  private final InferenceMetrics metrics;
  private final ObjectMapper json;
  private final Seats seats;
  private final CircuitBreaker breaker;
  private final TypedGuard<Generation> retry;

  Inference(
      InferenceConfig config,
      OllamaClient client,
      Models models,
      InferenceMetrics metrics,
      ObjectMapper json) {
    this.config = config;
    this.client = client;
    this.models = models;
    this.metrics = metrics;
    this.json = json;
    seats = new Seats(config.maxConcurrent(), config.maxWaiting());
    breaker = new CircuitBreaker(config.breaker(), System::nanoTime);
    metrics.observe(breaker, seats);
    retry =
        TypedGuard.create(Generation.class)
            .withRetry()
            .maxRetries(config.retries())
            .delay(config.retryPause().toMillis(), ChronoUnit.MILLIS)
            .jitter(config.retryPause().toMillis() / 2, ChronoUnit.MILLIS)
            .whenException(e -> e instanceof ModelFailure failure && failure.retryable())
            .withExponentialBackoff()
            .factor(2)
            .maxDelay(10, ChronoUnit.SECONDS)
            .done()
            .done()
            .build();
  }

  /** How many requests are at the server at once. */
  public int maxConcurrent() {
    return config.maxConcurrent();
  }

  /** Asks the server which models it has; may take as long as connecting does. */
  public ModelStatus status() {
    try {
      return new ModelStatus(config.baseUrl(), models.resolve(null), null);
    } catch (ModelFailure failure) {
      return new ModelStatus(config.baseUrl(), null, failure.getMessage());
    }
  }

  /** {@code ok}, {@code down}, or {@code unknown} before the first answer; costs nothing. */
  public String health() {
    return switch (breaker.state()) {
      case CLOSED -> models.known().isEmpty() ? "unknown" : "ok";
      case OPEN, HALF_OPEN -> "down";
    };
  }

  /** Asks and waits for the whole answer. */
  public Answer complete(Prompt prompt) throws InterruptedException {
    try (Generation generation = open(prompt)) {
      return complete(generation);
    }
  }

  /** Collects what is left of an answer. */
  Answer complete(Generation generation) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    for (String token = generation.next(); token != null; token = generation.next()) {
      text.append(token);
      if (text.length() > config.maxAnswer().asLongValue()) {
        throw new ProblemException(
            ErrorCode.MODEL_FAILED,
            "The answer is longer than "
                + config.maxAnswer().asLongValue()
                + " characters (sutazai.inference.max-answer); ask for a stream instead.");
      }
    }
    return generation.answer(text.toString());
  }

  /** Asks and waits for the first token. */
  public Generation open(Prompt prompt) throws InterruptedException {
    Call call = admit();
    try {
      return retry.call(() -> attempt(call, prompt));
    } catch (ModelFailure failure) {
      call.failed(failure);
      throw failure.problem();
    } catch (InterruptedException | RuntimeException e) {
      call.abandoned();
      throw e;
    } catch (Exception e) {
      call.abandoned();
      throw new IllegalStateException(e);
    }
  }

  private Call admit() throws InterruptedException {
    long came = System.nanoTime();
    seats.take();
    CircuitBreaker.@Nullable Permit permit = breaker.tryAcquire().orElse(null);
    if (permit == null) {
      seats.leave(0);
      throw new ProblemException(
              ErrorCode.MODEL_UNAVAILABLE,
              "The model server "
                  + config.baseUrl()
                  + " failed repeatedly and is left alone until it is probed again.")
          .retryAfter(breaker.untilProbe());
    }
    return new Call(permit, seats, metrics, came);
  }

  private Generation attempt(Call call, Prompt prompt) throws ModelFailure, InterruptedException {
    String model = models.resolve(prompt.model());
    try {
      TokenStream lines =
          client.generate(
              model, prompt.text(), prompt.options().over(config.defaults(), prompt.stream()));
      return new Generation(call, lines, model, json, config.tokenTimeout()).begin();
    } catch (ModelFailure failure) {
      if (failure.kind() == ModelFailure.Kind.MISSING_MODEL) {
        models.forget();
      }
      throw failure;
    }
  }
}
