package com.sutazai.inference;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.preparation.PreferredModels;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which model a caller means, and which servers have it. */
@ApplicationScoped
public class Models {
  private final Backends backends;
  private final BackendConfig config;
  private final PreferredModels preferred;

  Models(Backends backends, BackendConfig config, PreferredModels preferred) {
    this.backends = backends;
    this.config = config;
    this.preferred = preferred;
  }

  /**
   * A model that can answer.
   *
   * @param name as the servers list it
   * @param servers those that have it; at least one
   */
  public record Resolved(String name, List<Backend> servers) {}

  /**
   * The listed model that {@code wanted} names, null for the configured one; else the first of its
   * aliases that is listed. A name that the known lists lack is looked for in fresh ones.
   */
  public Resolved resolve(@Nullable String wanted) throws ModelFailure, InterruptedException {
    Optional<Resolved> known = recall(wanted);
    if (known.isPresent()) {
      return known.get();
    }
    backends.lookAtAll();
    return recall(wanted).orElseThrow(() -> missing(name(wanted)));
  }

  /** The same, as far as it is known; asks nobody. */
  Optional<Resolved> recall(@Nullable String wanted) {
    return find(name(wanted));
  }

  private String name(@Nullable String wanted) {
    return wanted == null ? config.model() : wanted;
  }

  private Optional<Resolved> find(String wanted) {
    Optional<Resolved> found = listed(wanted);
    return (found.isPresent() ? found : alias(wanted)).map(this::better);
  }

  private Optional<Resolved> alias(String wanted) {
    return config.aliases().getOrDefault(wanted, List.of()).stream()
        .map(this::listed)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The model that was prepared to answer in place of this one, where each server has it. */
  private Resolved better(Resolved plain) {
    return preferred
        .instead(plain.name(), plain.servers())
        .flatMap(this::listed)
        .filter(better -> better.servers().containsAll(plain.servers()))
        .map(better -> new Resolved(better.name(), plain.servers()))
        .orElse(plain);
  }

  private Optional<Resolved> listed(String wanted) {
    Map<String, List<Backend>> found = new LinkedHashMap<>();
    for (Backend server : backends.all()) {
      server
          .find(wanted)
          .ifPresent(name -> found.computeIfAbsent(name, n -> new ArrayList<>()).add(server));
    }
    return found.entrySet().stream()
        .findFirst()
        .map(each -> new Resolved(each.getKey(), each.getValue()));
  }

  /** Names of all models that the servers said they have, each with its servers. */
  public Map<String, List<Backend>> known() {
    Map<String, List<Backend>> known = new LinkedHashMap<>();
    for (Backend server : backends.all()) {
      server
          .models()
          .forEach(name -> known.computeIfAbsent(name, n -> new ArrayList<>()).add(server));
    }
    return known;
  }

  /** Why there is no such model: no server answers, or none has it. */
  private ModelFailure missing(String name) {
    List<Backend> all = backends.all();
    if (all.stream().allMatch(server -> server.unwell() != null)) {
      return Objects.requireNonNull(all.getFirst().unwell());
    }
    List<String> urls = all.stream().map(server -> server.url().toString()).toList();
    boolean ollama = all.stream().anyMatch(Backend::isOllama);
    return new ModelFailure(
        Kind.MISSING_MODEL,
        "Model "
            + name
            + " is not installed on "
            + String.join(", ", urls)
            + (ollama
                ? ". Install it with: ollama pull " + name
                : ". Start a server that has it."));
  }
}
