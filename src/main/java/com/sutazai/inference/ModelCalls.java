package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.inference.Models.Resolved;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ServerClient;
import com.sutazai.inference.backend.ServerClient.Ask;
import com.sutazai.inference.backend.TokenStream;
import com.sutazai.inference.backend.Wire;
import com.sutazai.inference.batch.Batcher;
import com.sutazai.inference.batch.Slot;
import com.sutazai.inference.batch.Work;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.security.quota.Quotas;
import com.sutazai.security.quota.Quotas.Share;
import io.smallrye.faulttolerance.api.TypedGuard;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the model servers. Each waits for a free slot of a server that has its model, and is
 * tried again as long as no token came: at once by another server, or by the same one after a pause
 * with jitter; an outcome that a retry mended is no failure.
 */
@Singleton
class ModelCalls {
  private final InferenceConfig config;
  private final BackendConfig servers;
  private final ServerClient client;
  private final Models models;
  private final Batcher batcher;
  private final Hedges hedges;
  private final CallLog log;
  private final Quotas quotas;
  private final TypedGuard<Object> retry;

  ModelCalls(
      InferenceConfig config,
      BackendConfig servers,
      ServerClient client,
      Models models,
      Batcher batcher,
      Hedges hedges,
      CallLog log,
      Quotas quotas) {
    this.config = config;
    this.servers = servers;
    this.client = client;
    this.models = models;
    this.batcher = batcher;
    this.hedges = hedges;
    this.log = log;
    this.quotas = quotas;
    retry =
        TypedGuard.create(Object.class)
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

  /** The model that {@code wanted} names, and its servers. */
  Resolved resolve(@Nullable String wanted) throws ModelFailure, InterruptedException {
    return models.resolve(wanted);
  }

  /** One try with a server: until the first token, or the whole of an answer that has none. */
  private interface Try<T> {
    T with(Call call, Slot slot, Resolved resolved) throws ModelFailure, InterruptedException;
  }

  /** Asks and waits for the first token. */
  LiveGeneration open(ModelRequest request) throws InterruptedException {
    return tried(new Call(request, log), this::begin);
  }

  private LiveGeneration begin(Call call, Slot slot, Resolved resolved)
      throws ModelFailure, InterruptedException {
    if (hedges.mayHelp(call, resolved.servers())) {
      return hedges.begin(
          call, slot, () -> work(call, resolved), server -> opening(call, server, resolved.name()));
    }
    return opening(call, slot.server(), resolved.name()).open().chosen();
  }

  private Contender.Opening opening(Call call, Backend server, String model) {
    ModelRequest request = call.request();
    Wire wire = client.wire(server, request.operation(), request.body(), model);
    return () -> {
      TokenStream lines = client.stream(Ask.post(server, wire.path(), wire.body()));
      return new LiveGeneration(call, model, lines, wire.reader(), servers.tokenTimeout()).begin();
    };
  }

  /**
   * Asks this server at once, whatever its slots, and does not try again: for measuring what it
   * does when so much is asked of it.
   */
  LiveGeneration openAt(Backend server, ModelRequest request, String model)
      throws ModelFailure, InterruptedException {
    Call call = new Call(request, log);
    call.asks(model);
    try {
      return opening(call, server, model).open().chosen();
    } catch (ModelFailure failure) {
      call.failed(failure);
      throw failure;
    }
  }

  /** Asks and waits for an answer that comes as one. */
  JsonNode whole(ModelRequest request) throws InterruptedException {
    return tried(new Call(request, log), this::ask);
  }

  private JsonNode ask(Call call, Slot slot, Resolved resolved)
      throws ModelFailure, InterruptedException {
    ModelRequest request = call.request();
    Wire wire = client.wire(slot.server(), request.operation(), request.body(), resolved.name());
    byte[] answer =
        client.whole(Ask.post(slot.server(), wire.path(), wire.body()), servers.firstByteTimeout());
    List<Chunk> chunks = wire.reader().read(answer);
    if (chunks.isEmpty()) {
      throw new ModelFailure(ModelFailure.Kind.GARBLED, "The model server sent no answer.");
    }
    Chunk chunk = chunks.getLast();
    if (chunk.usage() != null) {
      call.used(chunk.usage());
    }
    call.succeeded();
    return chunk.json();
  }

  private <T> T tried(Call call, Try<T> each) throws InterruptedException {
    log.requireRoom();
    ModelRequest request = call.request();
    call.reserved(quotas.reserve(request.caller(), RequestSize.tokens(request.body())));
    try {
      @SuppressWarnings("unchecked")
      T answer = (T) retry.call(() -> attempt(call, each));
      return answer;
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

  /** Goes from server to server until one does it, or each of them failed once. */
  private <T> T attempt(Call call, Try<T> each) throws ModelFailure, InterruptedException {
    while (true) {
      Resolved resolved = able(call.request(), models.resolve(call.request().model()));
      call.asks(resolved.name());
      Slot held = call.slot();
      Slot slot = held == null ? call.holds(batcher.take(work(call, resolved))) : held;
      try {
        return each.with(call, slot, resolved);
      } catch (ModelFailure failure) {
        Slot failed = Objects.requireNonNull(call.slot());
        if (!failure.retryable() || !anotherIsLeft(call, resolved, failed)) {
          throw failure;
        }
        call.leave(failed, failure);
      }
    }
  }

  /** Without the servers that cannot serve a part of the request, as long as one is left. */
  private Resolved able(ModelRequest request, Resolved resolved) {
    if (alike(resolved.servers())) {
      return resolved;
    }
    List<Backend> able =
        resolved.servers().stream()
            .filter(server -> serves(server, request, resolved.name()))
            .toList();
    return able.isEmpty() ? resolved : new Resolved(resolved.name(), able);
  }

  private static boolean alike(List<Backend> servers) {
    Backend first = servers.getFirst();
    return servers.stream()
        .allMatch(
            each -> each.isOllama() == first.isOllama() && each.isEngine() == first.isEngine());
  }

  private boolean serves(Backend server, ModelRequest request, String model) {
    try {
      client.wire(server, request.operation(), request.body(), model);
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  private static boolean anotherIsLeft(Call call, Resolved resolved, Slot slot) {
    return call.left(resolved.servers()).stream()
        .anyMatch(server -> server != slot.server() && server.breaker().allows());
  }

  private static Duration patience(ModelRequest request, Duration most) {
    Duration own = request.patience();
    return own == null || own.compareTo(most) > 0 ? most : own;
  }

  private Work work(Call call, Resolved resolved) {
    ModelRequest request = call.request();
    Caller caller = request.caller();
    Share share =
        quotas
            .share(caller)
            .orElseGet(() -> new Share(caller.owner(), batcher.weight(caller.ownerName())));
    List<Backend> left = call.left(resolved.servers());
    boolean bulk = request.urgency() == Urgency.BULK;
    return new Work(
        share.line(),
        share.weight(),
        bulk,
        RequestSize.tokens(request.body()),
        left.isEmpty() ? resolved.servers() : left,
        RequestSize.conversation(request.caller(), resolved.name(), request.body()),
        patience(request, batcher.patience(bulk)));
  }
}
