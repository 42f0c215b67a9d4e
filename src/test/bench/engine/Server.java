import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server to measure, with one model and one thread.
 *
 * @param uri where it generates
 * @param body of a request for the likeliest tokens, with PROMPT, TOKENS and STREAM to be filled in
 */
record Server(String name, Process process, URI uri, String body) {
  static final String KEY = "bench";

  private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");

  /** As the program starts it. */
  private static final List<String> JAVA =
      List.of(
          System.getProperty("bench.java", System.getProperty("java.home") + "/bin/java"),
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xmx128m",
          "-Xmn24m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  HttpRequest request(String prompt, int tokens, boolean stream) {
    String filled =
        body.replace("PROMPT", prompt)
            .replace("TOKENS", "" + tokens)
            .replace("STREAM", "" + stream);
    return HttpRequest.newBuilder(uri)
        .header("Authorization", "Bearer " + KEY)
        .POST(HttpRequest.BodyPublishers.ofString(filled))
        .build();
  }

  static Server engine(String name, Path model, int slots, int context, List<String> more)
      throws IOException {
    String file = model.getFileName().toString();
    List<String> command = new ArrayList<>(JAVA);
    command.addAll(List.of(System.getProperty("bench.engine").split(" ")));
    command.addAll(List.of("--models=" + model.getParent(), "--threads=1"));
    command.addAll(List.of("--sequences=" + slots, "--context=" + context));
    command.addAll(more);
    var builder = new ProcessBuilder(command).redirectError(new File("target/bench-engine.log"));
    builder.environment().put("SUTAZAI_ENGINE_KEY", KEY);
    builder.environment().put("GGML_NO_BACKTRACE", "1");
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    Process process = builder.start();
    String told = process.inputReader().readLine();
    Matcher port = PORT.matcher(String.valueOf(told));
    if (!port.find()) {
      throw new IOException("the engine said " + told);
    }
    String body =
        """
        {"model":"%s","prompt":"PROMPT","raw":true,"stream":STREAM,
         "options":{"temperature":0,"repeat_penalty":1,"num_predict":TOKENS}}"""
            .formatted(file.substring(0, file.lastIndexOf('.')));
    URI uri = URI.create("http://127.0.0.1:" + port.group(1) + "/api/generate");
    return new Server(name, process, uri, body);
  }

  static Server llamaServer(Path program, Path model, int slots, int context) throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    List<String> command = new ArrayList<>(List.of(program.toString(), "-m", model.toString()));
    command.addAll(List.of("-t", "1", "-np", "" + slots, "-c", "" + slots * context));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "" + port));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(new File("target/bench-llama.log"));
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    Process process = builder.start();
    var health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    while (!healthy(health)) {
      Thread.sleep(200);
    }
    String body = "{\"prompt\":\"PROMPT\",\"temperature\":0,\"n_predict\":TOKENS,\"stream\":STREAM,\"cache_prompt\":false}";
    URI uri = URI.create("http://127.0.0.1:" + port + "/completion");
    return new Server("llama-server", process, uri, body);
  }

  private static boolean healthy(HttpRequest health) throws InterruptedException {
    try {
      return HttpClient.newHttpClient().send(health, BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false; // not listening yet
    }
  }
}
