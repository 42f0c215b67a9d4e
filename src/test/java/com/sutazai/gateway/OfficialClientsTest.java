package com.sutazai.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sutazai.testing.FakeModelServer;
import com.sutazai.testing.ModelServer;
import com.sutazai.testing.Slow;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The clients that others publish, unchanged, at our doors. What they are to see stands in {@code
 * src/test/clients}, a script each, which says {@code ok} after each check that held.
 */
@Slow
@QuarkusTest
@QuarkusTestResource(ModelServer.class)
class OfficialClientsTest {
  private static final Path SCRIPTS = Path.of("src/test/clients");
  private static final Path INSTALLED = Path.of("target/clients");
  private static final Duration BOUND = Duration.ofMinutes(3);

  private final FakeModelServer fake = ModelServer.fake();

  @BeforeEach
  void clients_are_installed() throws IOException {
    assumeTrue(
        Files.exists(INSTALLED.resolve("installed")),
        "Run src/test/clients/install to have the clients tested");
    try (DirectoryStream<Path> scripts = Files.newDirectoryStream(SCRIPTS, "*.mjs")) {
      for (Path script : scripts) {
        Files.copy(
            script, INSTALLED.resolve(script.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    ClientScript.arm(fake);
  }

  @ParameterizedTest
  @CsvSource({"ollama, 17", "openai, 22", "langchain-ollama, 9", "langchain-openai, 10"})
  void a_client_finds_all_it_expects(String client, int checks) throws Exception {
    // When
    Run run = run(client);

    // Then
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.ok()).as(run.output()).hasSize(checks).contains("abort");
    await().atMost(BOUND).until(() -> fake.abandoned() == 1);
  }

  private static Run run(String client) throws IOException, InterruptedException {
    Path output = INSTALLED.resolve(client + ".log");
    ProcessBuilder node = new ProcessBuilder("node", client + ".mjs").directory(INSTALLED.toFile());
    node.environment().put("SUTAZAI_URL", "http://127.0.0.1:" + RestAssured.port);
    node.environment().put("SUTAZAI_MODEL", ClientScript.MODEL);
    Process process = node.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      boolean ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
      return new Run(ended ? process.exitValue() : -1, Files.readString(output, UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }

  /** What a script printed, and how it ended; -1 when it did not. */
  private record Run(int exit, String output) {
    List<String> ok() {
      return output
          .lines()
          .filter(line -> line.startsWith("ok "))
          .map(line -> line.substring(3))
          .toList();
    }
  }
}
