package com.sutazai.agents.hardware;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import com.sutazai.agents.BuiltInAgent;
import com.sutazai.agents.Payload;
import com.sutazai.agents.tuning.Tuning;
import com.sutazai.platform.caller.Scope;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.resources.Needs;
import com.sutazai.resources.ResourceType;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Runs tasks of the types {@code resource_report}, {@code storage_analysis}, {@code
 * storage_cleanup} and {@code tune}. All but the first are for admins.
 */
@Singleton
class HardwareAgent implements BuiltInAgent {
  private static final String REPORT = "resource_report";
  private static final String ANALYSIS = "storage_analysis";
  private static final String CLEANUP = "storage_cleanup";
  private static final String TUNE = "tune";

  private final HardwareConfig config;
  private final MachineReport report;
  private final Tuning tuning;
  private final InstantSource clock;
  private final Roots roots;
  private final Roots cleanupRoots;

  HardwareAgent(HardwareConfig config, MachineReport report, Tuning tuning, InstantSource clock) {
    this.config = config;
    this.report = report;
    this.tuning = tuning;
    this.clock = clock;
    roots = new Roots("sutazai.agents.hardware.roots", config.roots());
    cleanupRoots = new Roots("sutazai.agents.hardware.cleanup-roots", config.cleanupRoots());
  }

  @Override
  public String name() {
    return "hardware-resource-optimizer";
  }

  @Override
  public String type() {
    return "optimization";
  }

  @Override
  public List<String> capabilities() {
    return List.of("resource_monitoring", "storage_analysis", "disk_cleanup", "performance_tuning");
  }

  @Override
  public Set<String> taskTypes() {
    return Set.of(REPORT, ANALYSIS, CLEANUP, TUNE);
  }

  @Override
  public Set<String> adminTaskTypes() {
    return Set.of(ANALYSIS, CLEANUP, TUNE);
  }

  @Override
  public Set<Scope> scopes(String taskType) {
    return Set.of(Scope.RESOURCES_USE);
  }

  @Override
  public int concurrency() {
    return 5;
  }

  /** Files are read and compressed by one thread, which waits for disks about half of the time. */
  @Override
  public Needs needs() {
    return Needs.of(ResourceType.CPU, 0.25);
  }

  @Override
  public AgentAnswer run(AgentCall call) throws InterruptedException {
    try {
      return new AgentAnswer.Done(
          switch (call.taskType()) {
            case REPORT -> report(call.payload());
            case ANALYSIS -> analysis(admin(call));
            case CLEANUP -> cleanup(admin(call));
            default -> tune(admin(call), call.timeout());
          });
    } catch (IOException e) {
      return new AgentAnswer.Failed(
          ErrorCode.WRONG_STATE.code(),
          "The folder cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(),
          false);
    }
  }

  private static JsonNode admin(AgentCall call) {
    if (!call.caller().admin()) {
      throw new ProblemException(
          ErrorCode.FORBIDDEN, "Only an admin may run tasks of type " + call.taskType() + ".");
    }
    return call.payload();
  }

  private JsonNode report(JsonNode fields) throws InterruptedException {
    Payload payload = Payload.of(fields, Set.of("window_seconds"));
    return report.over(Duration.ofSeconds(payload.whole("window_seconds", 0, 60, 1)));
  }

  /** One that is out of time in its second window has set what nobody was told of. */
  private JsonNode tune(JsonNode fields, Duration timeout) throws InterruptedException {
    Payload payload = Payload.of(fields, Set.of("apply", "window_seconds"));
    boolean apply = payload.choice("apply", false);
    Duration window = Duration.ofSeconds(payload.whole("window_seconds", 1, 600, 30));
    Duration needed = apply ? window.multipliedBy(2) : window;
    if (needed.compareTo(timeout) >= 0) {
      throw ProblemException.invalid(
          "payload.window_seconds",
          "needs a task whose timeout_seconds is more than "
              + needed.toSeconds()
              + (apply ? ", as apply measures twice" : ""));
    }
    return tuning.tune(apply, window);
  }

  private JsonNode analysis(JsonNode fields) throws IOException, InterruptedException {
    Payload payload = Payload.of(fields, StorageAnalysis.FIELDS);
    var analysis = new StorageAnalysis(payload, bounds(payload), clock.instant());
    Path root = roots.require(payload.text("root"));
    return analysis.of(root);
  }

  private JsonNode cleanup(JsonNode fields) throws IOException, InterruptedException {
    Payload payload = Payload.of(fields, StorageCleanup.FIELDS);
    var cleanup = new StorageCleanup(payload, bounds(payload), clock.instant());
    Path root = cleanupRoots.require(payload.text("root"));
    return cleanup.of(root);
  }

  private FileWalk.Bounds bounds(Payload payload) {
    int longest = (int) config.maxTime().toSeconds();
    int seconds = payload.whole("max_seconds", 1, longest, Math.min(60, longest));
    return new FileWalk.Bounds(
        payload.whole("max_files", 1, config.maxFiles(), config.maxFiles()),
        System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
  }
}
