package com.sutazai.graph;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where Neo4j is, and how the copy of the graph there is kept. */
@ConfigMapping(prefix = "sutazai.graph.neo4j")
public interface Neo4jConfig {
  /**
   * {@code bolt://user:password@host:7687}, or another form of {@link Neo4jAddress}; {@code
   * NEO4J_URL} sets it too. Without it graphs are PostgreSQL's alone.
   */
  Optional<String> url();

  /** The user, where the address names none; {@code NEO4J_USER} sets it too. */
  Optional<String> user();

  /** The user's password, where the address has none; {@code NEO4J_PASSWORD} sets it too. */
  Optional<String> password();

  /** The database on the server that holds this graph and no other; unset, the user's own. */
  Optional<String> database();

  /** A file of PEM certificates to trust instead of the machine's; for addresses with TLS alone. */
  Optional<Path> trustCertificate();

  /** How long a question may take, connecting included; then PostgreSQL is asked. */
  @WithDefault("1s")
  @DurationMin(millis = 1)
  Duration timeout();

  /** How often this process looks for changes to copy. */
  @WithDefault("200ms")
  @DurationMin(millis = 1)
  Duration interval();

  /** Agents and tasks that are copied in one transaction, 1 to 10,000. */
  @WithDefault("1000")
  @Min(1)
  int batch();

  /** How old the oldest change may be that the copy lacks; past it PostgreSQL is asked. */
  @WithDefault("5s")
  @DurationMin
  Duration maxBehind();

  /** Changes that wait for the server at most; past it they are dropped and the copy is rebuilt. */
  @WithDefault("1000000")
  @Min(0)
  long maxWaiting();
}
