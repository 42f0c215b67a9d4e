package com.sutazai.inference.preparation;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.platform.model.ModelTag;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The model that answers in place of the configured one, once servers have it as it is set. */
@Singleton
public class PreferredModels {
  private static final String SUFFIX = "-optimized";

  private final String model;
  private final Set<Backend> ready = ConcurrentHashMap.newKeySet();

  PreferredModels(BackendConfig config) {
    model = config.model().name();
  }

  /**
   * The better name for {@code wanted}; empty when that is not the configured model, or one of the
   * servers that have it lacks the better one: each of them should share the work.
   */
  public Optional<String> instead(String wanted, List<Backend> servers) {
    return ModelTag.same(wanted, model) && ready.containsAll(servers)
        ? Optional.of(optimized())
        : Optional.empty();
  }

  /** The configured model. */
  String configured() {
    return model;
  }

  /** Name of the model that is made from it. */
  String optimized() {
    return ModelTag.without(model) + SUFFIX;
  }

  void ready(Backend server) {
    ready.add(server);
  }
}
