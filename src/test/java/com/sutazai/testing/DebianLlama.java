package com.sutazai.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * llama.cpp's server with the {@link ChainModel}, on a port of its own. {@code
 * src/test/llama/install} gets it; tests that ask for it are enabled where it is {@link
 * #installed}.
 */
public final class DebianLlama implements AutoCloseable {
  private static final Path PROGRAM = Path.of("target/llama/llama-server").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final int port;

  private DebianLlama(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  public static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /**
   * Starts one that answers prompts.
   *
   * @param name what it calls its model
   * @param slots requests that it works on at once
   */
  public static DebianLlama start(Path folder, String name, int slots) throws IOException {
    Path model = folder.resolve(name + ".gguf");
    ChainModel.writeLong(model);
    int context = slots * ChainModel.LONG_CONTEXT;
    return start(model, name, List.of("-np", "" + slots, "-c", "" + context));
  }

  /** Starts one that embeds texts as the mean of their words. */
  public static DebianLlama embedding(Path folder, String name) throws IOException {
    Path model = folder.resolve(name + ".gguf");
    ChainModel.write(model);
    return start(model, name, List.of("--embeddings", "--pooling", "mean"));
  }

  private static DebianLlama start(Path model, String name, List<String> settings)
      throws IOException {
    int port = Ports.free();
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "-m", model.toString()));
    command.addAll(List.of("-a", name, "-t", "1", "--metrics"));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "" + port));
    command.addAll(settings);
    Path log = Path.of("target", name + "-llama.log");
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("LLAMA_"));
    builder.environment().put("OMP_WAIT_POLICY", "passive"); // else idle threads take all time
    var server = new DebianLlama(builder.start(), log, port);
    try {
      server.awaitUp();
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void awaitUp() {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("llama-server ended: " + Files.readString(log));
              }
              try {
                return get("/health").statusCode() == 200;
              } catch (IOException e) {
                return false; // not listening yet
              }
            });
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Requests that it works on now. */
  public long processing() throws Exception {
    return metric("requests_processing");
  }

  /** Tokens that it has made since it was started. */
  public long predicted() throws Exception {
    return metric("tokens_predicted_total");
  }

  private long metric(String name) throws Exception {
    String prefix = "llamacpp:" + name + " ";
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> (long) Double.parseDouble(line.substring(prefix.length())))
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(PATIENCE).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
