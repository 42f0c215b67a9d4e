package com.sutazai.boot.train;

import com.sutazai.boot.Folder;
import com.sutazai.boot.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the program once more beside a model server of its own, asks it what callers ask most, and
 * ends it; its Java machine then writes the cache. Nothing of what the program runs on is touched:
 * the trial has a database and a folder for itself, which are removed.
 */
public final class Training {
  /** The program's first argument. */
  public static final String COMMAND = "train";

  /** Name of the cache, beside the program's archive. */
  public static final String FILE = "sutazai.aot";

  private static final int MINUTES = 5;
  private static final int LINES = 20;
  private static final String SETTINGS =
      "SUTAZAI_.*|DATABASE_URL|RABBITMQ.*|REDIS.*|NEO4J.*|OLLAMA.*|OPENAI.*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS";

  private final Path archive;
  private final Path cache;

  private Training(Path archive) {
    this.archive = archive;
    cache = archive.resolveSibling(FILE);
  }

  /**
   * Makes the cache, and tells how to use it.
   *
   * @return the exit status
   */
  public static int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      System.err.println(COMMAND + " takes no arguments.");
      return 2;
    }
    String classPath = System.getProperty("java.class.path", "");
    if (!classPath.endsWith(".jar")) {
      System.err.println(
          "Only the packaged program can be trained: java -jar quarkus-run.jar train");
      return 2;
    }
    try {
      new Training(Path.of(classPath).toAbsolutePath()).make();
      return 0;
    } catch (IOException | UncheckedIOException e) {
      System.err.println("The cache was not made: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.err.println("The cache was not made: interrupted");
    }
    return 1;
  }

  private void make() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sutazai-trial");
    Path made = archive.resolveSibling(FILE + ".new");
    try (var models = new TrialModelServer()) {
      int port = FreePort.find();
      Process process = start(folder, made, port, models.address());
      try {
        System.out.println("Running on trial ...");
        int answers = trial(process, "http://127.0.0.1:" + port, folder);
        System.out.println("Answered " + answers + " requests; writing the cache ...");
      } finally {
        end(process);
      }
      if (!Files.isRegularFile(made)) {
        throw new IOException("the Java machine wrote none\n" + told(folder));
      }
      Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING);
      System.out.printf(
          "%s, %d MB. Start with: java -XX:AOTCache=%1$s -jar %s%n",
          cache, Files.size(cache) / 1_000_000, archive);
    } finally {
      Files.deleteIfExists(made);
      Folder.delete(folder);
    }
  }

  private Process start(Path folder, Path made, int port, String models) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(java, "-XX:AOTCacheOutput=" + made, "-jar", archive.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log(folder).toFile());
    builder.environment().keySet().removeIf(name -> name.matches(SETTINGS));
    builder.environment().put("SUTAZAI_HOST", "127.0.0.1");
    builder.environment().put("SUTAZAI_PORT", "" + port);
    builder.environment().put("SUTAZAI_BOOT_DATA_DIR", folder.resolve("data").toString());
    builder.environment().put("SUTAZAI_INFERENCE_ENGINE_ENABLED", "false");
    builder.environment().put("SUTAZAI_INFERENCE_SLOTS", "16");
    builder.environment().put("OLLAMA_BASE_URL", models);
    return builder.start();
  }

  private static int trial(Process process, String address, Path folder)
      throws IOException, InterruptedException {
    var requests = new TrialRequests(address);
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    while (!requests.answered()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("the program did not start\n" + told(folder));
      }
      Thread.sleep(100);
    }
    return requests.askAll();
  }

  /** The cache is written while the process ends. */
  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }

  private static Path log(Path folder) {
    return folder.resolve("log");
  }

  private static String told(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(log(folder));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }
}
