package com.sutazai.testing;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The packaged program as a user runs it, in a process of its own: the native binary when it was
 * built, else the jar.
 */
public final class Product implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path log;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();

  private Product(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it on a free port with the data directory; the environment of the caller is not passed
   * on.
   */
  public static Product start(Path data, Map<String, String> environment) throws IOException {
    return start(data, environment, command());
  }

  /**
   * Starts it with a disk of its own of so many megabytes under the data directory, and waits until
   * it answers; for root alone. Others find that disk under {@link #seen}.
   */
  public static Product upOnSmallDisk(Path data, int megabytes, Map<String, String> environment)
      throws Exception {
    Files.createDirectories(data);
    List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c"));
    command.add("mount -t tmpfs -o size=\"$0\" tmpfs \"$1\" && shift && exec \"$@\"");
    command.addAll(List.of(megabytes + "m", data.toString()));
    command.addAll(command());
    return awaited(start(data, environment, command));
  }

  /** A path as this process sees it. */
  public Path seen(Path path) {
    return Path.of("/proc/" + pid() + "/root" + path);
  }

  private static Product start(Path data, Map<String, String> environment, List<String> command)
      throws IOException {
    int port = Ports.free();
    Path log = Files.createTempFile("product", ".log");
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder
        .environment()
        .keySet()
        .removeIf(
            key ->
                key.matches(
                    "SUTAZAI_.*|DATABASE_URL|RABBITMQ.*|REDIS.*|NEO4J.*|OLLAMA.*|OPENAI.*"));
    builder.environment().put("SUTAZAI_PORT", String.valueOf(port));
    builder.environment().put("SUTAZAI_BOOT_DATA_DIR", data.toString());
    builder.environment().put("SUTAZAI_INFERENCE_ENGINE_ENABLED", "false"); // it costs a process
    builder.environment().putAll(environment);
    return new Product(builder.start(), log, port);
  }

  /** Starts it with arguments, which it does instead of running. */
  public static Product run(Path data, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of(arguments));
    return start(data, environment, command);
  }

  /** Starts it and waits until it answers. */
  public static Product up(Path data, Map<String, String> environment) throws Exception {
    return up(data, environment, command());
  }

  /** Starts it by the command and waits until it answers. */
  public static Product up(Path data, Map<String, String> environment, List<String> command)
      throws Exception {
    return awaited(start(data, environment, command));
  }

  private static Product awaited(Product product) throws Exception {
    try {
      product.awaitUp();
    } catch (AssertionError e) {
      product.kill();
      throw e;
    }
    return product;
  }

  private static List<String> command() {
    Path binary = Path.of(System.getProperty("native.image.path", "none"));
    if (Files.isExecutable(binary)) {
      return List.of(binary.toString());
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
    return command;
  }

  public void awaitUp() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      try {
        if (get("/health").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
      Thread.sleep(20);
    }
    throw new AssertionError(
        "The product did not come up:\n" + log().lines().limit(100).collect(joining("\n")));
  }

  public HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(request(path, headers).GET().build());
  }

  public HttpResponse<String> post(String path, String json, String... headers) throws Exception {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  public HttpResponse<String> delete(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method("DELETE", HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    var builder = HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  public int port() {
    return port;
  }

  /** Where it answers the path. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public long pid() {
    return process.pid();
  }

  /**
   * The PostgreSQL server of the data directory; empty while it has not written down which process
   * it is, too.
   */
  public static Optional<ProcessHandle> postgres(Path data) throws IOException {
    try {
      List<String> lines = Files.readAllLines(data.resolve("postgres/postmaster.pid"));
      return lines.size() < 2 // the first one may still be written
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** As {@code kill -9} does it: this process alone, at once. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As {@code kill} does it; the exit status. */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitExit();
  }

  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("The product does not end:\n" + log());
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String log() {
    try {
      // It may be in the middle of a letter.
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      stop();
    }
  }
}
