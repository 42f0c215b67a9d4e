package com.sutazai.inference.embedded;

import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.EngineProcess;
import com.sutazai.engine.pull.PullConfig;
import com.sutazai.inference.backend.BackendConfig;
import com.sutazai.inference.backend.Backends;
import com.sutazai.inference.backend.EngineConfig;
import com.sutazai.inference.backend.EngineConfig.Engine;
import com.sutazai.resources.machine.Machine;
import com.sutazai.resources.machine.Memory;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How the child with the engine is started: its command, and of our environment what it needs. */
@ApplicationScoped
class EngineLaunch {
  /** Secrets of ours are not among these. */
  private static final List<String> PASSED_ON =
      List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH");

  private static final Path OWN_SESSION = Path.of("/usr/bin/setsid");

  private static final Duration SHORTEST_STALL = Duration.ofSeconds(10);

  /** What the child has besides models. */
  private static final long OVERHEAD = 512L << 20;

  private final EngineConfig config;
  private final BackendConfig servers;
  private final Backends backends;

  EngineLaunch(EngineConfig config, BackendConfig servers, Backends backends) {
    this.config = config;
    this.servers = servers;
    this.backends = backends;
  }

  /**
   * Starts it.
   *
   * @throws EngineAbsentException when its settings cannot be kept to
   */
  EngineChild start() throws EngineAbsentException, IOException {
    EngineOptions options = options();
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(OWN_SESSION)) {
      command.add(OWN_SESSION.toString()); // a Ctrl-C in the terminal is for this program alone
    }
    command.addAll(OwnProgram.command(EngineProcess.JAVA));
    command.add(EngineProcess.COMMAND);
    command.addAll(options.format());
    return EngineChild.start(command, environment());
  }

  private EngineOptions options() throws EngineAbsentException {
    try {
      return optionsAsSet();
    } catch (IllegalArgumentException e) {
      throw new EngineAbsentException("of sutazai.inference.engine, " + e.getMessage());
    }
  }

  private EngineOptions optionsAsSet() {
    Engine set = config.engine();
    if (set.stallTimeout().compareTo(SHORTEST_STALL) < 0) {
      throw new IllegalArgumentException(
          "stall-timeout must be " + SHORTEST_STALL.toSeconds() + " s at least");
    }
    EngineOptions usual = EngineOptions.defaults(config.modelsDir().orElse(Path.of("models")));
    return new EngineOptions(
        set.library(),
        usual.models(),
        set.sequences(),
        set.context(),
        set.threads().orElse(usual.threads()),
        modelMemory(),
        set.keepAlive(),
        usual.waiting(),
        new PullConfig(set.registry(), set.allowPrivate()),
        files());
  }

  private List<Path> files() {
    Stream<Path> set = config.engine().files().stream().flatMap(List::stream);
    return Stream.concat(set, servers.model().file().stream()).distinct().toList();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.putAll(EngineProcess.ENVIRONMENT);
    environment.put(EngineProcess.KEY, backends.engineKey());
    return environment;
  }

  /** Bytes that models may take together. */
  private long modelMemory() {
    return config
        .engine()
        .memory()
        .map(MemorySize::asLongValue)
        .orElseGet(
            () -> new Machine().memory().map(Memory::capacity).orElse(Long.MAX_VALUE / 2) / 2);
  }

  /** How long the child's steps may stand still. */
  Duration stallTimeout() {
    return config.engine().stallTimeout();
  }

  /** Bytes from which on the child is started again when it is idle. */
  long memoryLimit() {
    return modelMemory() + OVERHEAD;
  }
}
