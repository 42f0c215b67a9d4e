package com.sutazai.inference.backend;

import com.sutazai.inference.backend.BackendConfig.Kind;
import com.sutazai.inference.backend.BackendConfig.Server;
import com.sutazai.inference.backend.EngineConfig.Enabled;
import com.sutazai.platform.breaker.CircuitBreaker;
import com.sutazai.platform.error.StartException;
import com.sutazai.platform.id.RandomBytes;
import com.sutazai.platform.loop.Loop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The model servers that are set, and what each of them said last about its models. They are looked
 * at in the background, so that a request need not wait for a list.
 */
@Singleton
public class Backends {
  private static final int ENGINE_KEY_BYTES = 32;
  private static final URI DEFAULT = URI.create("http://localhost:11434");
  private static final URI ENGINE = URI.create("engine:inside");
  private static final String ENGINE_NAME = "embedded";
  private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);

  private final List<Lookout> all = new ArrayList<>();
  private List<Backend> backends = List.of();
  private final Duration refresh;
  private final boolean noneSet;
  private final EnginePlace enginePlace = new EnginePlace();
  private final String engineKey = RandomBytes.text(ENGINE_KEY_BYTES);
  private List<Loop> looking = List.of();

  Backends(BackendConfig config, EngineConfig engine) {
    refresh = config.modelsRefresh();
    noneSet = noneSet(config);
    addresses(config)
        .forEach((name, address) -> add(new Backend(name, address, breaker(config)), config));
    Enabled enabled = engine.engine().enabled();
    if (enabled == Enabled.TRUE || enabled == Enabled.AUTO && noneSet) {
      int tier = all().stream().mapToInt(Backend::tier).max().orElse(0) + 1;
      OptionalInt slots = OptionalInt.of(engine.engine().sequences());
      var address = new Backend.Address(ENGINE, Kind.OLLAMA, engineKey, 1, tier, slots);
      add(new Backend(ENGINE_NAME, address, breaker(config), enginePlace), config);
    }
  }

  private void add(Backend backend, BackendConfig config) {
    all.add(new Lookout(backend, config));
    backends = all.stream().map(Lookout::backend).toList();
  }

  private static CircuitBreaker breaker(BackendConfig config) {
    return new CircuitBreaker(limits(config.breaker()), System::nanoTime);
  }

  private static boolean noneSet(BackendConfig config) {
    return config.backends().isEmpty()
        && config.baseUrl().orElse(List.of()).isEmpty()
        && config.openaiBaseUrl().orElse(List.of()).isEmpty();
  }

  private static CircuitBreaker.Limits limits(BackendConfig.Breaker breaker) {
    return new CircuitBreaker.Limits(
        breaker.failures(),
        breaker.minCalls(),
        breaker.window(),
        breaker.pause(),
        breaker.maxPause());
  }

  private static Map<String, Backend.Address> addresses(BackendConfig config) {
    Map<String, Backend.Address> found = new LinkedHashMap<>();
    if (!config.backends().isEmpty()) {
      config.backends().forEach((name, server) -> found.put(name, address(name, server, config)));
      return found;
    }
    List<URI> ollama = config.baseUrl().orElse(List.of());
    List<URI> openAi = config.openaiBaseUrl().orElse(List.of());
    if (noneSet(config)) {
      ollama = List.of(DEFAULT);
    }
    for (URI url : ollama) {
      found.put(
          numbered("ollama", found),
          new Backend.Address(
              checked("OLLAMA_BASE_URL", url), Kind.OLLAMA, null, 1, 0, config.slots()));
    }
    String key = config.openaiApiKey().orElse(null);
    for (URI url : openAi) {
      found.put(
          numbered("openai", found),
          new Backend.Address(
              withoutVersion(checked("OPENAI_BASE_URL", url)),
              Kind.OPENAI,
              key,
              1,
              0,
              config.slots()));
    }
    return found;
  }

  private static Backend.Address address(String name, Server server, BackendConfig config) {
    return new Backend.Address(
        withoutVersion(checked("sutazai.inference.backends." + name + ".url", server.url())),
        server.kind(),
        server.apiKey().orElse(null),
        server.weight(),
        server.tier(),
        server.slots().isPresent() ? server.slots() : config.slots());
  }

  private static URI checked(String setting, URI url) {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null) {
      throw new StartException(
          setting + " must be an address such as http://localhost:11434, not " + url);
    }
    return url;
  }

  /** Clients of OpenAI's API are given an address that ends in {@code /v1}; so may we be. */
  private static URI withoutVersion(URI url) {
    return URI.create(url.toString().replaceAll("/+(v1/*)?$", ""));
  }

  private static String numbered(String kind, Map<String, ?> taken) {
    String name = kind;
    for (int i = 2; taken.containsKey(name); i++) {
      name = kind + "-" + i;
    }
    return name;
  }

  /** Looks at each server by itself, first at once, then each so often: one may hang. */
  void start(@Observes StartupEvent event) {
    looking =
        all.stream()
            .map(each -> Loop.start("model-server-" + each.backend().name(), () -> look(each)))
            .toList();
  }

  void stop(@Observes ShutdownEvent event) {
    looking.forEach(Loop::stop);
  }

  private void look(Lookout at) throws InterruptedException {
    look(List.of(at));
    Thread.sleep(refresh.compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : refresh);
  }

  /** All servers. */
  public List<Backend> all() {
    return backends;
  }

  /** The engine inside; empty when it is not to run here whatever happens. */
  public Optional<Backend> engine() {
    return all().stream().filter(Backend::isEngine).findFirst();
  }

  /** Where that engine listens, which whoever runs it says. */
  public EnginePlace enginePlace() {
    return enginePlace;
  }

  /** What it is told to expect as {@code Authorization: Bearer}. */
  public String engineKey() {
    return engineKey;
  }

  /** Whether the only server besides the engine is the one that was assumed because none is set. */
  public boolean isNoneSet() {
    return noneSet;
  }

  /**
   * The servers that are there: all that are set, and of the engine and the server that is assumed
   * where none is set those that answer; if neither does, both.
   */
  public List<Backend> present() {
    List<Backend> there =
        all().stream()
            .filter(each -> each.unwell() == null || !noneSet && !each.isEngine())
            .toList();
    return there.isEmpty() ? all() : there;
  }

  /**
   * {@code ok} while one of them answers, {@code down} when none does any more, {@code unknown}
   * before the first answer.
   */
  public String health() {
    return health(all());
  }

  static String health(List<Backend> all) {
    boolean open =
        all.stream().allMatch(each -> each.breaker().state() != CircuitBreaker.State.CLOSED);
    boolean known = all.stream().anyMatch(each -> !each.models().isEmpty());
    boolean well =
        all.stream()
            .anyMatch(
                each ->
                    each.breaker().state() == CircuitBreaker.State.CLOSED
                        && each.unwell() == null
                        && !each.models().isEmpty());
    return open || known && !well ? "down" : known ? "ok" : "unknown";
  }

  /** Asks one server for its models. */
  public void lookAt(Backend backend) {
    all.stream().filter(each -> each.backend() == backend).forEach(Lookout::look);
  }

  /**
   * Asks each server for its models, at the same time; those that do not answer keep their list.
   */
  public void lookAtAll() throws InterruptedException {
    look(all);
  }

  private static void look(List<Lookout> at) throws InterruptedException {
    List<Thread> asking =
        at.stream()
            .map(
                each ->
                    Thread.ofVirtual().name("models-of-" + each.backend().name()).start(each::look))
            .toList();
    for (Thread thread : asking) {
      thread.join();
    }
  }
}
