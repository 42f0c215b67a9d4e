package com.sutazai.graph;

import com.sutazai.platform.error.StartException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.neo4j.driver.AuthToken;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.Config.TrustStrategy;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/** Makes drivers for one address. */
record Neo4jDrivers(Neo4jAddress address, Neo4jConfig config) {
  private static final int CONNECTIONS = 20;

  Neo4jDrivers {
    check(config);
  }

  private static void check(Neo4jConfig config) {
    atLeast("timeout", config.timeout(), Duration.ofMillis(1));
    atLeast("interval", config.interval(), Duration.ofMillis(10));
    atLeast("max-behind", config.maxBehind(), Duration.ofMillis(1));
    if (config.batch() < 1 || config.batch() > 10_000) {
      throw new StartException("sutazai.graph.neo4j.batch must be 1 to 10000");
    }
    if (config.maxWaiting() < 1) {
      throw new StartException("sutazai.graph.neo4j.max-waiting must be at least 1");
    }
    config
        .trustCertificate()
        .filter(file -> !Files.isReadable(file))
        .ifPresent(
            file -> {
              throw new StartException(
                  "sutazai.graph.neo4j.trust-certificate names a file that cannot be read: "
                      + file
                      + ". Set it to a PEM file, or leave it out to trust what this machine does.");
            });
  }

  private static void atLeast(String key, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new StartException(
          "sutazai.graph.neo4j." + key + " must be at least " + least.toMillis() + "ms");
    }
  }

  /** Name of the database to use, unless the server chooses. */
  Optional<String> database() {
    return config.database().filter(name -> !name.isBlank());
  }

  /** A driver, which connects when it is used. */
  Driver open() {
    long millis = config.timeout().toMillis();
    var settings =
        Config.builder()
            .withConnectionTimeout(millis, TimeUnit.MILLISECONDS)
            .withConnectionAcquisitionTimeout(millis, TimeUnit.MILLISECONDS)
            .withMaxConnectionPoolSize(CONNECTIONS)
            .withEventLoopThreads(1)
            .withUserAgent("sutazai")
            .withTelemetryDisabled(true);
    if (address.tls()) {
      settings
          .withEncryption()
          .withTrustStrategy(
              config
                  .trustCertificate()
                  .map(file -> TrustStrategy.trustCustomCertificateSignedBy(file.toFile()))
                  .orElseGet(TrustStrategy::trustSystemCertificates));
    } else {
      settings.withoutEncryption();
    }
    return GraphDatabase.driver(address.uri(), credentials(), settings.build());
  }

  private AuthToken credentials() {
    String user = address.user();
    String password = address.password();
    return user == null || password == null ? AuthTokens.none() : AuthTokens.basic(user, password);
  }
}
