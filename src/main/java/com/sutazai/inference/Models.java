package com.sutazai.inference;

import com.sutazai.engine.model.DemonstrationModel;
import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.preparation.PreferredModels;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which model a caller means, and which servers have it. */
@Singleton
public class Models {
  /** The model of the engine inside that only shows how the program works. */
  private static final String DEMONSTRATION = DemonstrationModel.NAME;

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
    Optional<Resolved> found = find(name(wanted));
    return found.isPresent() || wanted != null ? found : demonstration();
  }

  /**
   * The model that answers who names none while there is nothing real: no server has any other
   * model, and each that is set has said so.
   */
  private Optional<Resolved> demonstration() {
    boolean nothingElse =
        backends.present().stream()
            .allMatch(
                server -> server.hasSpoken() && Set.of(DEMONSTRATION).containsAll(server.models()));
    return nothingElse ? listed(DEMONSTRATION) : Optional.empty();
  }

  private String name(@Nullable String wanted) {
    return wanted == null ? config.model().name() : wanted;
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
    String name = null;
    List<Backend> having = new ArrayList<>();
    for (Backend server : backends.all()) {
      String found = server.find(wanted).orElse(null);
      if (found != null && (name == null || name.equals(found))) {
        name = found;
        having.add(server);
      }
    }
    return name == null ? Optional.empty() : Optional.of(new Resolved(name, having));
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
    List<Backend> all = backends.present();
    if (all.stream().allMatch(server -> server.unwell() != null)) {
      return unwell(all);
    }
    String where = String.join(", ", all.stream().map(Backend::where).toList());
    return new ModelFailure(
        Kind.MISSING_MODEL, "Model " + name + " is not installed on " + where + remedy(all, name));
  }

  private static ModelFailure unwell(List<Backend> all) {
    ModelFailure first = Objects.requireNonNull(all.getFirst().unwell());
    return all.stream()
        .filter(Backend::isEngine)
        .map(engine -> Objects.requireNonNull(engine.unwell()))
        .filter(failure -> failure != first)
        .findFirst()
        .map(
            failure ->
                new ModelFailure(
                    first.kind(),
                    first.getMessage() + " " + failure.getMessage(),
                    first.getCause()))
        .orElse(first);
  }

  private static String remedy(List<Backend> servers, String name) {
    if (servers.stream().anyMatch(Backend::isEngine)) {
      return ". Install it with: POST /api/pull {\"model\": \"" + name + "\"}";
    }
    return servers.stream().anyMatch(Backend::isOllama)
        ? ". Install it with: ollama pull " + name
        : ". Start a server that has it.";
  }
}
