package com.sutazai.inference;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jspecify.annotations.Nullable;

/** Which models the server has, and which of them a caller means. The list is kept for a moment. */
@ApplicationScoped
class Models {
  private final OllamaModels server;
  private final InferenceConfig config;
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile @Nullable Listed listed;

  Models(@RestClient OllamaModels server, InferenceConfig config) {
    this.server = server;
    this.config = config;
  }

  private record Listed(List<String> names, long at) {
    /** Ollama takes {@code tinyllama} for {@code tinyllama:latest}. */
    Optional<String> find(String wanted) {
      if (names.contains(wanted)) {
        return Optional.of(wanted);
      }
      String latest = wanted + ":latest";
      return names.contains(latest) ? Optional.of(latest) : Optional.empty();
    }
  }

  /**
   * The installed model that {@code wanted} names, null for the configured one. A name that a kept
   * list lacks is looked for in a fresh one.
   */
  String resolve(@Nullable String wanted) throws ModelFailure {
    String name = wanted == null ? config.model() : wanted;
    Listed kept = listed;
    if (kept != null && System.nanoTime() - kept.at() < config.modelsRefresh().toNanos()) {
      Optional<String> found = kept.find(name);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return refresh(kept).find(name).orElseThrow(() -> missing(name));
  }

  /** The names that the newest list had; empty before the first one. */
  List<String> known() {
    Listed kept = listed;
    return kept == null ? List.of() : kept.names();
  }

  /** Forgets the list, because the server contradicted it. */
  void forget() {
    listed = null;
  }

  ModelFailure missing(String name) {
    return new ModelFailure(
        Kind.MISSING_MODEL,
        "Model "
            + name
            + " is not installed on "
            + config.baseUrl()
            + ". Install it with: ollama pull "
            + name);
  }

  /** One caller asks, the others take its list. */
  private Listed refresh(@Nullable Listed seen) throws ModelFailure {
    refreshing.lock();
    try {
      Listed kept = listed;
      if (kept != null && kept != seen) {
        return kept;
      }
      Listed fresh = new Listed(ask(), System.nanoTime());
      listed = fresh;
      return fresh;
    } finally {
      refreshing.unlock();
    }
  }

  private List<String> ask() throws ModelFailure {
    try {
      var models = server.tags().models();
      return models == null
          ? List.of()
          : models.stream()
              .<String>mapMulti(
                  (tag, names) -> {
                    if (tag.name() != null) {
                      names.accept(Objects.requireNonNull(tag.name()));
                    }
                  })
              .toList();
    } catch (WebApplicationException e) {
      int status = e.getResponse().getStatus();
      throw status < 400
          ? new ModelFailure(
              Kind.GARBLED, "The list of models from " + config.baseUrl() + " cannot be read.", e)
          : new ModelFailure(
              Kind.SERVER_ERROR,
              "The model server "
                  + config.baseUrl()
                  + " answered "
                  + status
                  + " when asked for its models.");
    } catch (ProcessingException e) {
      throw OllamaClient.unreachable(config, e);
    }
  }
}
