package com.sutazai.inference.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.engine.EngineProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One child process with the engine. Its first line on standard output tells where it listens, or
 * why it cannot; its standard input is held open, and it ends when that ends, however this process
 * ended. Of what it says on standard error the last lines are remembered for the case that it dies.
 */
final class EngineChild implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EngineChild.class);
  private static final Duration LONGEST_START = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final int REMEMBERED = 5;

  /** What the kernel is told to end first when memory runs out, of -1000 to 1000. */
  private static final String RATHER_THAN_US = "500";

  private final Process process;
  private final CompletableFuture<String> firstLine = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile int atSameStep;

  /** Where it listens and what it runs on. */
  record Ready(URI at, String library) {}

  private EngineChild(Process process) {
    this.process = process;
  }

  static EngineChild start(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    EngineChild engine = new EngineChild(builder.start());
    engine.read("engine-errors", engine.process.getErrorStream(), engine::complained, () -> {});
    engine.read(
        "engine-output",
        engine.process.getInputStream(),
        engine::said,
        () -> engine.firstLine.complete(""));
    engine.offerToBeEndedFirst();
    return engine;
  }

  private void read(String name, InputStream from, Consumer<String> line, Runnable end) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try (var lines = new BufferedReader(new InputStreamReader(from, UTF_8))) {
                for (String each = lines.readLine(); each != null; each = lines.readLine()) {
                  line.accept(each);
                }
              } catch (IOException e) {
                // it ended
              } finally {
                end.run();
              }
            });
  }

  private void said(String line) {
    if (firstLine.complete(line)) {
      return;
    }
    if (line.startsWith(EngineProcess.LOOKS)) {
      unanswered.set(0);
      atSameStep = Integer.parseInt(line.substring(EngineProcess.LOOKS.length()));
    } else {
      LOG.debug(line);
    }
  }

  private void complained(String line) {
    if (line.startsWith(EngineProcess.NOTICE)) {
      LOG.warn(line.substring(EngineProcess.NOTICE.length()));
      return;
    }
    LOG.debug(line);
    synchronized (lastLines) {
      lastLines.addLast(line);
      if (lastLines.size() > REMEMBERED) {
        lastLines.removeFirst();
      }
    }
  }

  private void offerToBeEndedFirst() {
    try {
      Files.writeString(Path.of("/proc/" + process.pid() + "/oom_score_adj"), RATHER_THAN_US);
    } catch (IOException e) {
      LOG.debugf("The engine's oom_score_adj cannot be set: %s", e.getMessage());
    }
  }

  /**
   * Waits until it listens.
   *
   * @throws EngineAbsentException when it says that it cannot
   * @throws IOException when it ends without a word, or says nothing for too long
   */
  Ready ready(ObjectMapper json) throws EngineAbsentException, IOException, InterruptedException {
    JsonNode said = firstLine(json);
    String error = said.path("error").asText("");
    if (!error.isEmpty()) {
      throw new EngineAbsentException(error);
    }
    int port = said.path("port").asInt();
    if (port == 0) {
      throw new IOException("it did not say where it listens: " + lastWords());
    }
    String library = said.path("library").asText("?") + ", build " + said.path("build").asText("?");
    return new Ready(URI.create("http://127.0.0.1:" + port), library);
  }

  private JsonNode firstLine(ObjectMapper json) throws IOException, InterruptedException {
    try {
      return json.readTree(firstLine.get(LONGEST_START.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw new IOException("it was not ready within " + LONGEST_START.toSeconds() + " s", e);
    } catch (ExecutionException | JsonProcessingException e) {
      throw new IOException("its first line cannot be read", e);
    }
  }

  /** Waits so long for its end; false when it still runs. */
  boolean ended(Duration within) throws InterruptedException {
    return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Asks it how it gets on; it answers when it can. */
  void look() {
    unanswered.incrementAndGet();
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      LOG.debugf("The engine does not listen: %s", e.getMessage()); // it is about to end
    }
  }

  /** Looks in a row that it did not answer, or at which it was at one and the same step. */
  int looksInVain() {
    return Math.max(unanswered.get(), atSameStep);
  }

  /** Ends it at once, whatever it does. */
  void kill() {
    process.destroyForcibly();
  }

  /** How it ended, for people. */
  String end() {
    String words = lastWords();
    return "with status " + process.exitValue() + (words.isEmpty() ? "" : " after: " + words);
  }

  private String lastWords() {
    synchronized (lastLines) {
      return String.join(" | ", lastLines);
    }
  }

  /** Bytes of memory that it has now, mapped files included; empty when it has ended. */
  OptionalLong memory() {
    return memory("VmRSS:");
  }

  /**
   * Bytes that it has of its own. What it has of a mapped file the kernel can take back; where
   * llama.cpp lays a file's weights out anew, they are here and the file is not needed.
   */
  OptionalLong ownMemory() {
    return memory("RssAnon:");
  }

  private OptionalLong memory(String kind) {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(kind))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  long pid() {
    return process.pid();
  }

  /** Lets it end, and ends it when it does not. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
