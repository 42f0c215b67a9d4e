package com.sutazai.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/**
 * A RabbitMQ server from Debian's package {@code rabbitmq-server}, with ports, node name, port
 * mapper and directories of its own. A test that asks for it is skipped where it is not installed.
 */
public final class DebianRabbit implements AutoCloseable {
  private static final Path BIN = Path.of("/usr/lib/rabbitmq/bin");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path folder;
  private final int port;
  private final int nodePort;
  private final int mapperPort;
  private final ConnectionFactory connections = new ConnectionFactory();

  private DebianRabbit(Path folder, int port, int nodePort, int mapperPort) {
    this.folder = folder;
    this.port = port;
    this.nodePort = nodePort;
    this.mapperPort = mapperPort;
    connections.setHost("127.0.0.1");
    connections.setPort(port);
    connections.setAutomaticRecoveryEnabled(false);
    connections.setHandshakeTimeout((int) PATIENCE.toMillis());
  }

  public static DebianRabbit start(Path parent) throws Exception {
    return start(parent, "");
  }

  /** One that takes connections with TLS too, by that certificate, at {@code tlsPort}. */
  public static DebianRabbit secured(Path parent, int tlsPort, Certificates.Pair certificate)
      throws Exception {
    return start(
        parent,
        """
        listeners.ssl.1 = 127.0.0.1:%d
        ssl_options.certfile = %s
        ssl_options.keyfile = %s
        ssl_options.verify = verify_none
        """
            .formatted(tlsPort, certificate.certificate(), certificate.key()));
  }

  private static DebianRabbit start(Path parent, String settings) throws Exception {
    assumeTrue(
        Files.isExecutable(BIN.resolve("rabbitmq-server")),
        "RabbitMQ is not installed: apt-get install rabbitmq-server");
    Path folder = Files.createDirectories(parent.resolve("rabbit"));
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("plugins"), "[].\n");
    Files.writeString(folder.resolve("environment.conf"), "");
    var server = new DebianRabbit(folder, Ports.free(), Ports.free(), Ports.free());
    Files.writeString(
        folder.resolve("rabbitmq.conf"),
        "listeners.tcp.1 = 127.0.0.1:"
            + server.port
            + "\ndisk_free_limit.absolute = 10MB\n"
            + settings);
    try {
      server.start();
    } catch (RuntimeException | IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  /** Starts it again after {@link #stop} or {@link #kill}, and waits until it answers. */
  public void start() throws IOException {
    Process script = program("rabbitmq-server").start();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!script.isAlive()) {
                throw new IllegalStateException(
                    "RabbitMQ ended: " + Files.readString(folder.resolve("output")));
              }
              try (Connection connection = connections.newConnection()) {
                return connection.isOpen() && pid().isPresent();
              } catch (IOException | TimeoutException e) {
                return false;
              }
            });
  }

  /** As an operator does it. */
  public void stop() throws IOException {
    ProcessHandle server = pid().orElseThrow();
    server.destroy();
    awaitEnd(server);
  }

  /** As {@code kill -9} does it. */
  public void kill() throws IOException {
    ProcessHandle server = pid().orElseThrow();
    server.destroyForcibly();
    awaitEnd(server);
  }

  private void awaitEnd(ProcessHandle server) throws IOException {
    Awaitility.await().atMost(PATIENCE).until(() -> !server.isAlive());
    Files.deleteIfExists(pidFile());
  }

  public int port() {
    return port;
  }

  public String url() {
    return url(port);
  }

  /** Where it is to be found through something that passes what comes on the port. */
  public String url(int port) {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  /** What a test does at the server itself. */
  public interface Visit<T> {
    T with(Channel channel) throws Exception;
  }

  public <T> T visit(Visit<T> visit) throws Exception {
    try (Connection connection = connections.newConnection();
        Channel channel = connection.createChannel()) {
      return visit.with(channel);
    }
  }

  /** Messages in the queue that no consumer holds. */
  public int ready(String queue) throws Exception {
    return visit(channel -> (int) channel.messageCount(queue));
  }

  /** Messages of all queues that were delivered and are not acknowledged. */
  public int unacknowledged() throws Exception {
    return ofQueues("messages_unacknowledged").stream().mapToInt(Integer::parseInt).sum();
  }

  private List<String> ofQueues(String column) throws Exception {
    Process listing =
        program("rabbitmqctl", "--silent", "list_queues", column)
            .redirectErrorStream(false)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines =
        new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    if (listing.waitFor() != 0) {
      throw new IllegalStateException("rabbitmqctl cannot list queues");
    }
    return lines;
  }

  /** Deletes every queue, whoever declared it. */
  public void deleteQueues() throws Exception {
    List<String> names = ofQueues("name");
    visit(
        channel -> {
          for (String name : names) {
            channel.queueDelete(name);
          }
          return names.size();
        });
  }

  private ProcessBuilder program(String name, String... arguments) {
    var builder = new ProcessBuilder(BIN.resolve(name).toString());
    builder.command().addAll(List.of(arguments));
    builder
        .directory(folder.toFile()) // for crash dumps
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()))
        .redirectInput(Path.of("/dev/null").toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("RABBITMQ_"));
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("ERL_EPMD_PORT", String.valueOf(mapperPort));
    environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    environment.put("ERL_EPMD_RELAXED_COMMAND_CHECK", "1");
    environment.put("RABBITMQ_NODENAME", "test" + port + "@localhost");
    environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
    environment.put("RABBITMQ_DIST_PORT", String.valueOf(nodePort));
    environment.put(
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
    environment.put("RABBITMQ_BASE", folder.toString());
    environment.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
    environment.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
    environment.put("RABBITMQ_PID_FILE", pidFile().toString());
    environment.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq").toString());
    environment.put("RABBITMQ_CONF_ENV_FILE", folder.resolve("environment.conf").toString());
    environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString());
    environment.put("RABBITMQ_GENERATED_CONFIG_DIR", folder.resolve("generated").toString());
    return builder;
  }

  private Path pidFile() {
    return folder.resolve("pid");
  }

  private Optional<ProcessHandle> pid() throws IOException {
    return Files.exists(pidFile())
        ? ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip()))
        : Optional.empty();
  }

  /** Ends the server, if it runs, and its port mapper, which outlives it. */
  @Override
  public void close() throws Exception {
    if (pid().filter(ProcessHandle::isAlive).isPresent()) {
      kill();
    }
    var mapper = program("rabbitmq-server");
    mapper.command("epmd", "-port", String.valueOf(mapperPort), "-kill");
    mapper.start().waitFor();
  }
}
