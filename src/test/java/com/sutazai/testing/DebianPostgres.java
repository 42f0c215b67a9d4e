package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * The oldest PostgreSQL that the product supports, from Debian's package {@code postgresql-15}, on
 * a private port and directory. A test that asks for it is skipped where it is not installed.
 */
public final class DebianPostgres implements AutoCloseable {
  private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

  private final Path data;
  private final int port;

  private DebianPostgres(Path data, int port) {
    this.data = data;
    this.port = port;
  }

  public static DebianPostgres start(Path folder) throws Exception {
    assumeTrue(
        Files.isExecutable(BIN.resolve("postgres")),
        "PostgreSQL 15 is not installed: apt-get install postgresql-15");
    var server = new DebianPostgres(folder.resolve("pg15"), Product.freePort());
    server.run("initdb", "-D", server.data.toString(), "-U", "sutazai", "-A", "trust");
    server.start();
    server.run(
        "psql",
        "-h",
        "127.0.0.1",
        "-p",
        server.port(),
        "-U",
        "sutazai",
        "-d",
        "postgres",
        "-c",
        "CREATE DATABASE sutazai");
    return server;
  }

  /** Starts it again after {@link #stop}. */
  public void start() throws Exception {
    String options = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p " + port;
    run(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        data.toString(),
        "-l",
        data.resolve("log").toString(),
        "-o",
        options);
  }

  /** At once, as a crash does it. */
  public void stop() throws Exception {
    run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data.toString());
  }

  public String url() {
    return "postgresql://sutazai@127.0.0.1:" + port + "/sutazai";
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/sutazai?user=sutazai";
  }

  String port() {
    return String.valueOf(port);
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(BIN.resolve(program).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("pg15", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive());
    if (process.exitValue() != 0) {
      throw new IllegalStateException(program + " failed: " + Files.readString(output));
    }
    Files.delete(output);
  }

  @Override
  public void close() throws Exception {
    if (Files.exists(data.resolve("postmaster.pid"))) {
      stop();
    }
  }
}
