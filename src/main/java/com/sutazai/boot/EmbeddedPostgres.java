package com.sutazai.boot;

import com.sutazai.platform.error.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * A real PostgreSQL server as a child of this process: made on first use, kept across restarts,
 * recovered after a crash of either, restarted when it dies, stopped last. Listens on 127.0.0.1
 * only, with a generated password.
 */
final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final DataDirectory data;
  private final Path server;
  private final int port;
  private final Duration startTimeout;
  private final boolean created;
  private volatile boolean stopping;
  private volatile Process process;

  private EmbeddedPostgres(
      DataDirectory data,
      Path server,
      int port,
      Duration startTimeout,
      boolean created,
      Process process) {
    this.data = data;
    this.server = server;
    this.port = port;
    this.startTimeout = startTimeout;
    this.created = created;
    this.process = process;
  }

  static EmbeddedPostgres start(
      DataDirectory data, int port, String password, BootConfig config, Progress progress) {
    try {
      ServerArchive.sweep(data.path());
      requireSpace(data.path(), config.minFree().asLongValue());
      Path server = ServerArchive.unpack(data.path(), progress);
      boolean created = createCluster(data, server, password, progress);
      stopOrphan(data, server, progress);
      progress.step("Starting PostgreSQL in " + data.path());
      Process process = launch(data, server, port, config.databaseStartTimeout());
      var postgres =
          new EmbeddedPostgres(data, server, port, config.databaseStartTimeout(), created, process);
      postgres.createDatabase(password);
      postgres.supervise();
      return postgres;
    } catch (IOException e) {
      throw new StartException(
          "The embedded database in " + data.path() + " cannot be started: " + e, e);
    }
  }

  /** Whether this start made the database. */
  boolean created() {
    return created;
  }

  Path path() {
    return data.path();
  }

  private static void requireSpace(Path path, long needed) throws IOException {
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < needed) {
      throw new StartException(
          "Only "
              + (free >> 20)
              + " MB are free in "
              + path
              + "; the embedded database needs "
              + (needed >> 20)
              + " MB (sutazai.boot.min-free). Free some space or set SUTAZAI_BOOT_DATA_DIR.");
    }
  }

  private static boolean createCluster(
      DataDirectory data, Path server, String password, Progress progress) throws IOException {
    Path version = data.cluster().resolve("PG_VERSION");
    if (Files.exists(version)) {
      String found = Files.readString(version).strip();
      if (!found.equals(ServerArchive.MAJOR)) {
        throw new StartException(
            "The database in "
                + data.cluster()
                + " was made by PostgreSQL "
                + found
                + ", this program carries "
                + ServerArchive.MAJOR
                + ". Start it once with the older program and move the data with pg_dump, "
                + "or set DATABASE_URL to a server of your own.");
      }
      return false;
    }
    progress.step("Making a new database");
    Path passwordFile = data.path().resolve("postgres.password");
    Files.deleteIfExists(passwordFile);
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, password);
    Path unfinished = data.path().resolve("unpacking-cluster");
    run(
        server,
        "initdb",
        "-D",
        unfinished.toString(),
        "-U",
        DatabaseConfigSource.USER,
        "--pwfile=" + passwordFile,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8");
    Files.move(unfinished, data.cluster());
    return true;
  }

  /**
   * Not part of making the cluster: a start killed in between must not leave a server without its
   * database.
   */
  private void createDatabase(String password) {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    try (Connection connection =
            DriverManager.getConnection(url, DatabaseConfigSource.USER, password);
        Statement statement = connection.createStatement()) {
      if (!statement.executeQuery("SELECT FROM pg_database WHERE datname = 'sutazai'").next()) {
        statement.executeUpdate("CREATE DATABASE sutazai");
      }
    } catch (SQLException e) {
      close();
      throw new StartException(
          "The embedded database refused its first connection: " + e.getMessage(), e);
    }
  }

  /**
   * A server that outlived a killed program still owns the files: stop it first, its clients are
   * gone.
   */
  private static void stopOrphan(DataDirectory data, Path server, Progress progress)
      throws IOException {
    Path pidFile = data.cluster().resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile);
    long pid = lines.isEmpty() ? 0 : Long.parseLong(lines.getFirst().strip());
    if (isServerOf(pid, data.cluster())) {
      progress.step("Stopping PostgreSQL process " + pid + ", left over from a killed start");
      stopServer(data, server);
    }
  }

  private static boolean isServerOf(long pid, Path cluster) throws IOException {
    Path commandLine = Path.of("/proc", String.valueOf(pid), "cmdline");
    if (pid <= 0 || !Files.isReadable(commandLine)) {
      return false;
    }
    return List.of(Files.readString(commandLine).split("\0", -1)).contains(cluster.toString());
  }

  private static Process launch(DataDirectory data, Path server, int port, Duration timeout)
      throws IOException {
    List<String> command = new ArrayList<>(asOrdinaryUser());
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add(
          "/usr/bin/setsid"); // a Ctrl-C in the terminal must reach this program first, not the
      // server
    }
    command.addAll(
        List.of(
            server.resolve("bin/postgres").toString(),
            "-D",
            data.cluster().toString(),
            "-p",
            String.valueOf(port)));
    for (String setting : settings()) {
      command.add("-c");
      command.add(setting);
    }
    Path log = data.path().resolve("postgres.log");
    if (Files.exists(log) && Files.size(log) > 10 << 20) {
      Files.move(
          log,
          data.path().resolve("postgres.log.1"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    awaitReady(process, data, log, timeout);
    return process;
  }

  /**
   * Guide 4.3, scaled to one box that also runs a model; durability settings stay at their safe
   * defaults.
   */
  private static List<String> settings() {
    return List.of(
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=40",
        "shared_buffers=64MB",
        "effective_cache_size=768MB",
        "work_mem=4MB",
        "maintenance_work_mem=64MB",
        "checkpoint_completion_target=0.9",
        "wal_buffers=4MB",
        "max_wal_size=1GB",
        "random_page_cost=1.1",
        "jit=off",
        "logging_collector=off",
        "log_timezone=UTC",
        "timezone=UTC");
  }

  private static void awaitReady(Process process, DataDirectory data, Path log, Duration timeout)
      throws IOException {
    Path pidFile = data.cluster().resolve("postmaster.pid");
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new StartException(
            "PostgreSQL ended at once: " + tail(log) + " (whole log: " + log + ")");
      }
      if (Files.exists(pidFile)) {
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() > 7
            && lines.getFirst().strip().equals(String.valueOf(process.pid()))
            && lines.get(7).startsWith("ready")) {
          return;
        }
      }
      pause(Duration.ofMillis(10));
    }
    process.destroy();
    throw new StartException(
        "PostgreSQL was not ready within "
            + timeout.toSeconds()
            + " s (sutazai.boot.database-start-timeout); log: "
            + log);
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.isEmpty()
        ? "no output"
        : String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
  }

  private void supervise() {
    var _ =
        process
            .onExit()
            .thenRun(
                () -> Thread.ofPlatform().name("postgres-restart").daemon().start(this::restart));
  }

  private void restart() {
    Duration pause = Duration.ofMillis(200);
    while (!stopping) {
      LOG.errorf("PostgreSQL ended with status %d; starting it again", process.exitValue());
      try {
        Process next = launch(data, server, port, startTimeout);
        process = next;
        LOG.info("PostgreSQL is back");
        if (stopping) {
          stopServer(data, server);
        } else {
          supervise();
        }
        return;
      } catch (StartException | IOException e) {
        LOG.errorf("PostgreSQL did not come back: %s", e.getMessage());
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      if (process.isAlive()) {
        stopServer(data, server);
      }
    } catch (IOException e) {
      LOG.errorf("PostgreSQL could not be stopped cleanly: %s", e.getMessage());
    } finally {
      data.close();
    }
  }

  private static void stopServer(DataDirectory data, Path server) throws IOException {
    run(server, "pg_ctl", "stop", "-D", data.cluster().toString(), "-m", "fast", "-w", "-t", "60");
  }

  private static void run(Path server, String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(asOrdinaryUser());
    command.add(server.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (await(process) != 0) {
      throw new StartException(program + " failed: " + output.strip());
    }
  }

  /**
   * PostgreSQL refuses to run as root: a user namespace makes it see an ordinary user, without a
   * second account.
   */
  private static List<String> asOrdinaryUser() {
    return System.getProperty("user.name").equals("root") ? List.of("unshare", "-U") : List.of();
  }

  private static int await(Process process) {
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("The start was interrupted", e);
    }
  }
}
