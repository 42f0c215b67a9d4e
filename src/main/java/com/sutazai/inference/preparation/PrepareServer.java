package com.sutazai.inference.preparation;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.preparation.RunnerParameters.Hardware;
import com.sutazai.platform.model.ModelTag;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Prepares the configured model on one server: pulls it, makes the model with the settings of its
 * runner, loads what will answer. A step that fails for good leaves the others their turn.
 */
final class PrepareServer {
  private static final Logger LOG = Logger.getLogger(PrepareServer.class);

  /** The server is away, or its model is: somebody may yet install it. */
  private static final Set<Kind> AWAY =
      EnumSet.of(Kind.UNREACHABLE, Kind.CUT, Kind.OVERLOADED, Kind.TIMEOUT, Kind.MISSING_MODEL);

  /** A pull also fails while the library is away, which the server reports. */
  private static final Set<Kind> PULL_AWAY =
      EnumSet.of(
          Kind.UNREACHABLE,
          Kind.CUT,
          Kind.OVERLOADED,
          Kind.TIMEOUT,
          Kind.REPORTED,
          Kind.SERVER_ERROR);

  private final OllamaServer server;
  private final List<OllamaServer> all;
  private final Settings settings;
  private final PreferredModels preferred;
  private final Tries tries;

  /**
   * What is to be done.
   *
   * @param cores of the machine that this program is on
   */
  record Settings(PrepareConfig prepare, RunnerConfig runner, int cores) {
    boolean makesModel() {
      return runner.auto() || !RunnerParameters.set(runner).isEmpty();
    }

    boolean nothing() {
      return !prepare.pull() && !prepare.preload() && !makesModel();
    }
  }

  PrepareServer(
      OllamaServer server,
      List<OllamaServer> all,
      Settings settings,
      PreferredModels preferred,
      Tries tries) {
    this.server = server;
    this.all = all;
    this.settings = settings;
    this.preferred = preferred;
    this.tries = tries;
  }

  void run() throws InterruptedException {
    String model = preferred.configured();
    String at = " at " + server.backend().url();
    tries.until("Model " + model + " waits", EnumSet.allOf(Kind.class), server::reach);
    if (settings.prepare().pull()) {
      tries.until("Model " + model + " was not pulled" + at, PULL_AWAY, this::pullIfMissing);
    }
    String serving = model;
    if (settings.makesModel() && !server.backend().isEngine() && makeOptimized(at)) {
      serving = preferred.optimized();
    }
    if (settings.prepare().preload()) {
      String loading = serving;
      tries.until("Model " + loading + " was not loaded" + at, AWAY, () -> preload(loading));
    }
  }

  private void pullIfMissing() throws ModelFailure, InterruptedException {
    String model = preferred.configured();
    for (OllamaServer each : all) {
      if (has(each, model)) {
        return;
      }
    }
    LOG.infof("Pulling model %s at %s", model, server.backend().url());
    PullProgress progress = new PullProgress(System::nanoTime);
    server.pull(
        model,
        line -> progress.take(line).ifPresent(said -> LOG.infof("Pulling %s: %s", model, said)));
    LOG.infof("Pulled model %s at %s", model, server.backend().url());
  }

  /** Another server that does not answer counts as one that lacks the model. */
  private boolean has(OllamaServer each, String model) throws ModelFailure, InterruptedException {
    try {
      return each.show(model).isPresent();
    } catch (ModelFailure failure) {
      if (each == server) {
        throw failure;
      }
      return false;
    }
  }

  private boolean makeOptimized(String at) throws InterruptedException {
    String failed =
        "Model %s was not made%s, so %s serves as it is; update Ollama or unset sutazai.inference.runner"
            .formatted(preferred.optimized(), at, preferred.configured());
    return tries.until(failed, AWAY, this::optimize);
  }

  private void optimize() throws ModelFailure, InterruptedException {
    String plain = preferred.configured();
    String optimized = preferred.optimized();
    JsonNode base =
        server
            .show(plain)
            .orElseThrow(
                () ->
                    new ModelFailure(
                        Kind.MISSING_MODEL,
                        "the other one is not installed. Install it with: ollama pull " + plain));
    RunnerParameters wanted = parameters();
    RunnerParameters whole = wanted.over(RunnerParameters.shown(base));
    Optional<JsonNode> there = server.show(optimized);
    if (there.isEmpty() || !isMade(there.get(), whole)) {
      server.create(optimized, plain, wanted);
      LOG.infof("Made model %s at %s: %s", optimized, server.backend().url(), whole.values());
    }
    preferred.ready(server.backend());
  }

  private boolean isMade(JsonNode there, RunnerParameters whole) {
    String parent = there.path("details").path("parent_model").asText("");
    return (parent.isEmpty() || ModelTag.same(parent, preferred.configured()))
        && RunnerParameters.shown(there).equals(whole);
  }

  private RunnerParameters parameters() throws ModelFailure, InterruptedException {
    RunnerParameters set = RunnerParameters.set(settings.runner());
    return settings.runner().auto() ? set.over(RunnerParameters.fitting(hardware())) : set;
  }

  private Hardware hardware() throws ModelFailure, InterruptedException {
    return new Hardware(
        hasGpu(), isHere() ? OptionalInt.of(settings.cores()) : OptionalInt.empty());
  }

  /** A loaded model shows whether it is on a GPU; the plain one is loaded if none shows it. */
  private boolean hasGpu() throws ModelFailure, InterruptedException {
    JsonNode before = server.loaded();
    if (isOnGpu(before)) {
      return true;
    }
    String plain = preferred.configured();
    server.load(plain, Optional.empty());
    boolean gpu = isOnGpu(server.loaded());
    if (!lists(before, plain)) {
      server.unload(plain);
    }
    return gpu;
  }

  private static boolean isOnGpu(JsonNode loaded) {
    return loaded.findValues("size_vram").stream().anyMatch(size -> size.asLong() > 0);
  }

  private static boolean lists(JsonNode loaded, String model) {
    return loaded.findValuesAsText("name").stream().anyMatch(name -> ModelTag.same(name, model));
  }

  private boolean isHere() {
    String host = server.backend().url().getHost();
    return host != null
        && (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"));
  }

  private void preload(String model) throws ModelFailure, InterruptedException {
    server.load(model, settings.prepare().keepAlive());
    LOG.infof("Loaded model %s at %s", model, server.backend().url());
  }
}
