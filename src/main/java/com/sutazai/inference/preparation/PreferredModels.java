package com.sutazai.inference.preparation;

import com.sutazai.inference.backend.Backend;
import com.sutazai.inference.backend.BackendConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The model that answers in place of the configured one, once servers have it as it is set. */
@ApplicationScoped
public class PreferredModels {
  private static final String LATEST = ":latest";
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
    return same(wanted, model) && ready.containsAll(servers)
        ? Optional.of(optimized())
        : Optional.empty();
  }

  /** The configured model. */
  String configured() {
    return model;
  }

  /** Name of the model that is made from it. */
  String optimized() {
    int tag = tag(model);
    return (tag < 0 ? model : model.substring(0, tag)) + SUFFIX;
  }

  void ready(Backend server) {
    ready.add(server);
  }

  /** Whether both mean one model: Ollama takes {@code x} for {@code x:latest}. */
  static boolean same(String one, String other) {
    return tagged(one).equals(tagged(other));
  }

  private static String tagged(String name) {
    return tag(name) < 0 ? name + LATEST : name;
  }

  /** Where the tag begins; a colon before a slash is that of a port. */
  private static int tag(String name) {
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? colon : -1;
  }
}
