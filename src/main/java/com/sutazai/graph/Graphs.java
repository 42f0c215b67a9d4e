package com.sutazai.graph;

import com.sutazai.graph.AgentGraph.Wanted;
import com.sutazai.platform.loop.Loop;
import com.sutazai.platform.metric.MetricNames;
import com.sutazai.platform.sql.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Asks for graphs where they are best to be had: of Neo4j, where {@code NEO4J_URL} is set and its
 * copy is up to date, else of the database. Without that variable nothing of Neo4j runs, and this
 * process only ends the noting of changes once nobody needs it.
 */
@ApplicationScoped
class Graphs implements GraphCopy {
  private static final Duration UNUSED = Duration.ofDays(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private final Neo4jConfig config;
  private final TableGraph tables;
  private final GraphFeed feed;
  private final Database database;
  private final MeterRegistry registry;
  private @Nullable Copy copy;
  private @Nullable Loop loop;

  Graphs(
      Neo4jConfig config,
      TableGraph tables,
      GraphFeed feed,
      Database database,
      MeterRegistry registry) {
    this.config = config;
    this.tables = tables;
    this.feed = feed;
    this.database = database;
    this.registry = registry;
  }

  /** What there is where a server is set. */
  private record Copy(
      Neo4jAddress address, Neo4jServer server, NodeGraph graph, GraphFiller filler) {}

  /** Before anything else is started: settings that cannot be used end the start. */
  void check(@Observes @Priority(0) StartupEvent event) {
    copy = drivers().map(this::copy).orElse(null);
  }

  private Optional<Neo4jDrivers> drivers() {
    return config
        .url()
        .filter(url -> !url.isBlank())
        .map(
            url ->
                Neo4jAddress.parse(url, config.user().orElse(null), config.password().orElse(null)))
        .map(address -> new Neo4jDrivers(address, config));
  }

  private Copy copy(Neo4jDrivers drivers) {
    var server = new Neo4jServer(drivers, config.timeout());
    var turns = new GraphTurn(database, server, config.batch());
    var filler = new GraphFiller(feed, server, turns, config);
    return new Copy(drivers.address(), server, new NodeGraph(server), filler);
  }

  void start(@Observes @Priority(1000) StartupEvent event) {
    Copy set = copy;
    if (set == null) {
      loop = Loop.start("graph-unused", this::endUnused);
      return;
    }
    set.server.show(registry);
    Gauge.builder(MetricNames.GRAPH_CHANGES_WAITING, set.filler::waiting)
        .description("Changes that the copy of the graph in Neo4j lacks, at most")
        .register(registry);
    answered(AgentGraph.NEO4J, 0);
    answered(AgentGraph.POSTGRESQL, 0);
    loop = Loop.start("graph-copy", set.filler::step);
  }

  private void endUnused() throws InterruptedException {
    Thread.sleep(
        BETWEEN_LOOKS.plusNanos(ThreadLocalRandom.current().nextLong(UNUSED.toNanos() / 24)));
    feed.closeUnused(UNUSED.toSeconds());
  }

  void stop(@Observes @Priority(900) ShutdownEvent event) {
    if (loop != null) {
      loop.stop();
    }
    if (copy != null) {
      copy.server.close();
    }
  }

  @Override
  public Optional<String> address() {
    return Optional.ofNullable(copy).map(set -> set.address.toString());
  }

  @Override
  public boolean isAsked() {
    Copy set = copy;
    return set != null && set.filler.isInStep();
  }

  /** Empty when the caller may see no such agent. */
  Optional<AgentGraph> find(Wanted wanted) {
    Copy set = copy;
    if (set == null) {
      return tables.find(wanted);
    }
    Optional<AgentGraph> found = set.filler.isInStep() ? copied(set, wanted) : Optional.empty();
    answered(found.isPresent() ? AgentGraph.NEO4J : AgentGraph.POSTGRESQL, 1);
    return found.or(() -> tables.find(wanted));
  }

  /** Empty when the copy knows no such agent, perhaps not yet, or cannot be asked. */
  private static Optional<AgentGraph> copied(Copy set, Wanted wanted) {
    try {
      return set.graph.find(wanted);
    } catch (Neo4jFailure told) {
      return Optional.empty();
    }
  }

  private void answered(String store, int answers) {
    registry.counter(MetricNames.GRAPH_ANSWERS, "store", store).increment(answers);
  }
}
