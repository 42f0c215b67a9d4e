package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A Redis server, or a sentinel, from Debian's packages {@code redis-server} and {@code
 * redis-sentinel}, on a private port and with a directory of its own; or a Valkey server, which
 * {@code src/test/valkey/install} gets. A test that asks for it is skipped where it is not there.
 */
public final class DebianRedis implements AutoCloseable {
  private static final Path BIN = Path.of("/usr/bin");
  private static final Path VALKEY = Path.of("target/valkey/valkey-server").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Path folder;
  private final int port;
  private final List<String> command;
  private final List<String> access;
  private Process process;

  private DebianRedis(Path folder, int port, List<String> command, List<String> access)
      throws IOException {
    this.folder = folder;
    this.port = port;
    this.command = command;
    this.access = access;
    start();
  }

  /** A server with further settings, each as on its command line: {@code --maxmemory}, 3mb. */
  public static DebianRedis start(Path parent, String... settings) throws IOException {
    return server(parent, Ports.free(), List.of(), settings);
  }

  /** A server of Valkey, which Redis' client asks. */
  public static DebianRedis valkey(Path parent) throws IOException {
    installed("redis-server");
    assumeTrue(Files.isExecutable(VALKEY), "Valkey is not there: src/test/valkey/install");
    return server(VALKEY, parent, Ports.free(), List.of());
  }

  /** A server that lets in who has the password. */
  public static DebianRedis locked(Path parent, String password) throws IOException {
    return server(
        parent,
        Ports.free(),
        List.of("--no-auth-warning", "-a", password),
        "--requirepass",
        password);
  }

  /** A server that speaks TLS alone, with the certificate of {@code 127.0.0.1}. */
  public static DebianRedis secured(Path parent, Path certificate, Path key) throws IOException {
    int port = Ports.free();
    return server(
        parent,
        port,
        secretly(certificate),
        "--port",
        "0",
        "--tls-port",
        String.valueOf(port),
        "--tls-cert-file",
        certificate.toString(),
        "--tls-key-file",
        key.toString(),
        "--tls-auth-clients",
        "no");
  }

  /** One of the nodes of a Cluster, before they know each other. */
  static DebianRedis node(Path parent) throws IOException {
    return server(
        parent,
        Ports.free(),
        List.of(),
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        String.valueOf(Ports.free()),
        "--cluster-node-timeout",
        "20000"); // a node of a busy machine is slow, and not gone
  }

  /** A sentinel that alone decides that the master is to be replaced. */
  public static DebianRedis sentinel(Path parent, String name, DebianRedis master)
      throws IOException {
    int port = Ports.free();
    return sentinel(parent, port, name, master, "port " + port, List.of());
  }

  /** A sentinel that speaks TLS alone, with its master too. */
  public static DebianRedis securedSentinel(
      Path parent, String name, DebianRedis master, Path certificate, Path key) throws IOException {
    int port = Ports.free();
    String settings =
        """
        port 0
        tls-port %d
        tls-replication yes
        tls-auth-clients no
        tls-cert-file %s
        tls-key-file %s
        tls-ca-cert-file %s
        """
            .formatted(port, certificate, key, certificate);
    return sentinel(parent, port, name, master, settings, secretly(certificate));
  }

  private static DebianRedis sentinel(
      Path parent, int port, String name, DebianRedis master, String listening, List<String> access)
      throws IOException {
    installed("redis-sentinel");
    Path folder = Files.createTempDirectory(parent, "sentinel");
    Path settings =
        Files.writeString(
            folder.resolve("sentinel.conf"),
            """
            %s
            bind 127.0.0.1
            dir %s
            sentinel monitor %s 127.0.0.1 %d 1
            sentinel down-after-milliseconds %s 8000
            sentinel failover-timeout %s 5000
            """
                .formatted(listening, folder, name, master.port, name, name));
    return new DebianRedis(
        folder,
        port,
        List.of(BIN.resolve("redis-sentinel").toString(), settings.toString()),
        access);
  }

  /** How its client connects to it. */
  private static List<String> secretly(Path certificate) {
    return List.of("--tls", "--cacert", certificate.toString());
  }

  private static DebianRedis server(Path parent, int port, List<String> access, String... settings)
      throws IOException {
    installed("redis-server");
    return server(BIN.resolve("redis-server"), parent, port, access, settings);
  }

  private static DebianRedis server(
      Path program, Path parent, int port, List<String> access, String... settings)
      throws IOException {
    Path folder = Files.createTempDirectory(parent, "redis");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", folder.toString(), "--save", "", "--appendonly", "no"));
    command.addAll(List.of(settings));
    return new DebianRedis(folder, port, command, access);
  }

  private static void installed(String program) {
    assumeTrue(
        Files.isExecutable(BIN.resolve(program)),
        "Redis is not installed: apt-get install " + program);
  }

  /** Starts it again after {@link #stop} or {@link #kill}, and waits until it answers. */
  public void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("Redis ended: " + Files.readString(log()));
              }
              return command("PING").equals("PONG");
            });
  }

  private Path log() {
    return folder.resolve("output");
  }

  /** What it answers to a command, or what the client says. */
  public String command(String... words) throws IOException {
    List<String> call = new ArrayList<>(List.of(BIN.resolve("redis-cli").toString()));
    call.addAll(List.of("-p", String.valueOf(port)));
    call.addAll(access);
    call.addAll(List.of(words));
    Process client = new ProcessBuilder(call).redirectErrorStream(true).start();
    return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Ends it after it wrote down what it has. */
  public void stop() throws IOException, InterruptedException {
    command("SHUTDOWN", "SAVE");
    process.waitFor();
  }

  /** As {@code kill -9} does it. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** It keeps its connections and answers nothing until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      kill();
    }
  }
}
