package com.sutazai.testing;

import com.sutazai.boot.Main;
import com.sutazai.engine.EngineOptions;
import com.sutazai.engine.EngineProcess;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The engine's process, started as the program starts it, and requests to it. */
public final class EngineChild implements AutoCloseable {
  private static final String KEY = "a key of tests";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final BufferedReader output;
  private final JsonObject told;

  private EngineChild(Process process, BufferedReader output, JsonObject told) {
    this.process = process;
    this.output = output;
    this.told = told;
  }

  /** Starts one and waits until it says that it is ready, or why it is not. */
  public static EngineChild start(EngineOptions options) {
    return start(options.format());
  }

  public static EngineChild start(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(EngineProcess.JAVA);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), EngineProcess.COMMAND));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectError(Path.of("target/engine.log").toFile());
    builder.environment().putAll(EngineProcess.ENVIRONMENT);
    builder.environment().put(EngineProcess.KEY, KEY);
    try {
      Process process = builder.start();
      var output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("the engine said nothing, see target/engine.log");
      }
      return new EngineChild(process, output, new JsonObject(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it said when it was started. */
  public JsonObject told() {
    return told;
  }

  /** What it says to a byte on its standard input. */
  public String look() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    return String.valueOf(output.readLine());
  }

  public Process process() {
    return process;
  }

  public String url() {
    return "http://127.0.0.1:" + told.getInteger("port");
  }

  /** A request with the key. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + KEY);
  }

  public HttpResponse<String> get(String path) {
    return send(request(path).build());
  }

  public HttpResponse<String> post(String path, JsonObject body) {
    return postLater(path, body).join();
  }

  public CompletableFuture<HttpResponse<String>> postLater(String path, JsonObject body) {
    var request = request(path).POST(BodyPublishers.ofString(body.encode())).build();
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  public HttpResponse<String> send(HttpRequest request) {
    return client.sendAsync(request, BodyHandlers.ofString()).join();
  }

  /** A whole answer. */
  public JsonObject answer(String path, JsonObject body) {
    return new JsonObject(post(path, body.copy().put("stream", false)).body());
  }

  /** The lines of a streamed answer. */
  public List<JsonObject> lines(String path, JsonObject body) {
    return post(path, body).body().lines().map(JsonObject::new).toList();
  }

  /** Waits until it has ended by itself. */
  public int awaitEnd() {
    return process.onExit().join().exitValue();
  }

  /** Ends its input, as the end of the program that started it does. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
    awaitEnd();
  }
}
