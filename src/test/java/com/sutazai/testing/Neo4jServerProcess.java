package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Neo4j server in a process of its own, from the class path that the build wrote down: nothing of
 * it is on that of the tests.
 */
public final class Neo4jServerProcess implements AutoCloseable {
  private static final Path CLASS_PATH = Path.of("target/neo4j/classpath");

  private final Process process;
  private final int port;

  private Neo4jServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param password of the user neo4j; empty lets everybody in
   * @param certificates optionally, the folder with {@code public.crt} and {@code private.key}
   */
  public static Neo4jServerProcess start(Path folder, String password, Path... certificates)
      throws IOException {
    assumeTrue(Files.exists(CLASS_PATH), "Neo4j's class path is written by the build: mvnw verify");
    Files.createDirectories(folder);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(Files.readString(CLASS_PATH).strip());
    command.addAll(List.of("src/test/neo4j/GraphServer.java", folder.toString(), password));
    List.of(certificates).forEach(each -> command.add(each.toString()));
    Path log = folder.resolve("output");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile())).start();
    return new Neo4jServerProcess(process, port(process, log));
  }

  private static int port(Process process, Path log) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("UP ")) {
        return Integer.parseInt(line.substring(3));
      }
    }
    throw new AssertionError("Neo4j did not start:\n" + Files.readString(log));
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
