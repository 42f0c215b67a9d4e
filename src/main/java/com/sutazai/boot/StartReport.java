package com.sutazai.boot;

import com.sutazai.cache.redis.RedisTiers;
import com.sutazai.graph.GraphCopy;
import com.sutazai.inference.Inference;
import com.sutazai.inference.ModelStatus;
import com.sutazai.inference.embedded.EmbeddedEngine;
import com.sutazai.inference.embedded.EngineState;
import com.sutazai.queue.Distribution;
import com.sutazai.queue.QueueDepth;
import com.sutazai.security.key.AccessMode;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Ends a start with what was found, what is missing, and the command that would add it. */
@ApplicationScoped
class StartReport {
  private static final Logger LOG = Logger.getLogger(StartReport.class);

  private final Startup startup;
  private final QueueDepth depth;
  private final Distribution distribution;
  private final RedisTiers redis;
  private final GraphCopy graph;
  private final Inference inference;
  private final EmbeddedEngine engine;
  private final Config config;
  private final AccessMode mode;

  StartReport(
      Startup startup,
      QueueDepth depth,
      Distribution distribution,
      RedisTiers redis,
      GraphCopy graph,
      Inference inference,
      EmbeddedEngine engine,
      Config config,
      AccessMode mode) {
    this.startup = startup;
    this.depth = depth;
    this.distribution = distribution;
    this.redis = redis;
    this.graph = graph;
    this.inference = inference;
    this.engine = engine;
    this.config = config;
    this.mode = mode;
  }

  void print(@ObservesAsync HttpServerStart event) {
    if (!tls()) {
      begin("http", event.options());
    }
  }

  void printWithTls(@ObservesAsync HttpsServerStart event) {
    begin("https", event.options());
  }

  /** On a thread that a stop does not wait for: the report waits for the model servers. */
  private void begin(String scheme, HttpServerOptions options) {
    Thread.ofVirtual()
        .name("start-report")
        .start(
            () -> {
              try {
                print(scheme, options);
              } catch (InterruptedException | RuntimeException e) {
                LOG.debug("The start was not reported: the program is being stopped", e);
              }
            });
  }

  /** With TLS the plain port, if there is one, only redirects. */
  private boolean tls() {
    return config.getOptionalValue("sutazai.tls.certificate", String.class).isPresent();
  }

  private void print(String scheme, HttpServerOptions options) throws InterruptedException {
    if (LaunchMode.current() == LaunchMode.TEST) {
      return;
    }
    ModelStatus model = inference.status();
    StringBuilder report = new StringBuilder("\n");
    line(
        report,
        "SutazAI",
        String.format(
            Locale.ROOT,
            "%s, up after %.2f s",
            config.getValue("quarkus.application.version", String.class),
            Progress.sinceStart().toMillis() / 1000.0));
    line(report, "Address", scheme + "://" + host(options) + ":" + options.getPort() + access());
    line(report, "Database", database());
    line(report, "Cache", "in memory" + redis());
    line(report, "Queue", "in the database" + broker() + waiting());
    graph.address().ifPresent(address -> line(report, "Graph", "Neo4j at " + address));
    line(report, "Model", model.model() == null ? "none" : model.model() + " at " + model.server());
    engine().ifPresent(how -> line(report, "Engine", how));
    if (model.remedy() != null) {
      line(report, "Missing", model.remedy());
    }
    System.out.println(report);
  }

  private Optional<String> engine() {
    return switch (engine.state()) {
      case EngineState.Off() -> Optional.empty();
      case EngineState.NotNeeded() -> Optional.empty();
      case EngineState.Starting() -> Optional.of("is being started");
      case EngineState.Runs(String library) ->
          Optional.of("inside this program, on llama.cpp from " + library);
      case EngineState.Absent(String why) -> Optional.of("none: " + why);
    };
  }

  private static void line(StringBuilder report, String name, String value) {
    report.append(String.format(Locale.ROOT, "  %-9s %s%n", name, value));
  }

  private static String host(HttpServerOptions options) {
    String host = options.getHost();
    return host.contains(":") ? "[" + host + "]" : host;
  }

  private String access() {
    return mode.closed()
        ? " (with credentials)"
        : " (this machine only, no credentials; SUTAZAI_ADMIN_KEY or keys create --admin asks for them)";
  }

  private String database() {
    return startup
        .embedded()
        .map(
            postgres ->
                "PostgreSQL inside this program, in "
                    + postgres.path()
                    + (postgres.created() ? " (NEWLY CREATED)" : ""))
        .orElseGet(
            () ->
                "PostgreSQL at "
                    + DatabaseAddress.parse(config.getValue("database.url", String.class)));
  }

  private String redis() {
    return redis.hosts().map(hosts -> ", shared over Redis at " + hosts).orElse("");
  }

  private String broker() {
    return distribution
        .address()
        .map(address -> ", distributed over RabbitMQ at " + address)
        .orElse("");
  }

  private String waiting() {
    var waiting = depth.total();
    return waiting.isPresent() ? ", " + waiting.getAsLong() + " tasks wait" : "";
  }
}
