package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The oldest PostgreSQL that the product supports, from Debian's package {@code postgresql-15}, on
 * a private port and directory. A test that asks for it is skipped where it is not installed.
 */
public final class DebianPostgres implements AutoCloseable {
  private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

  private final Path data;
  private final int port;
  private final String settings;

  private DebianPostgres(Path data, int port, String settings) {
    this.data = data;
    this.port = port;
    this.settings = settings;
  }

  public static DebianPostgres start(Path folder) throws Exception {
    assumeTrue(
        Files.isExecutable(BIN.resolve("postgres")),
        "PostgreSQL 15 is not installed: apt-get install postgresql-15");
    return start(folder, "");
  }

  /**
   * Starts it outside of a test.
   *
   * @param settings further options of the server, such as {@code -c name=value}
   */
  public static DebianPostgres start(Path folder, String settings) throws Exception {
    var server = new DebianPostgres(folder.resolve("pg15"), Ports.free(), settings);
    server.run("initdb", "-D", server.data.toString(), "-U", "sutazai", "-A", "trust");
    server.start();
    server.run(
        "psql",
        "-h",
        "127.0.0.1",
        "-p",
        String.valueOf(server.port),
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
    String options =
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p " + port + " " + settings;
    run(
        "pg_ctl",
        "start",
        "-w",
        "-t",
        "110",
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

  /** From now on connections without TLS are refused. */
  public void requireTls() throws Exception {
    Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n");
    run("pg_ctl", "reload", "-D", data.toString());
  }

  /** What a statement answers that has one value, asked in the database of the product. */
  public String query(String sql) throws Exception {
    Path answer = data.resolveSibling("answer");
    run(
        "psql",
        "-At",
        "-h",
        "127.0.0.1",
        "-p",
        String.valueOf(port),
        "-U",
        "sutazai",
        "-d",
        "sutazai",
        "-o",
        answer.toString(),
        "-c",
        sql);
    return Files.readString(answer).strip();
  }

  public String url() {
    return url(port);
  }

  /** The same database over another port of this machine that leads to it. */
  public String url(int port) {
    return "postgresql://sutazai@127.0.0.1:" + port + "/sutazai";
  }

  public int port() {
    return port;
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/sutazai?user=sutazai";
  }

  /** The server's first process, parent of those that serve connections. */
  public long pid() throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
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
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IllegalStateException(program + " failed: " + Files.readString(output));
    }
    Files.delete(output);
  }

  public boolean isRunning() {
    return Files.exists(data.resolve("postmaster.pid"));
  }

  @Override
  public void close() throws Exception {
    if (isRunning()) {
      stop();
    }
  }
}
