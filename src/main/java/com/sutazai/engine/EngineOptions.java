package com.sutazai.engine;

import static java.util.stream.Collectors.joining;

import com.sutazai.engine.pull.PullConfig;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the engine is set. The program that starts it writes these as arguments, and the engine reads
 * them.
 *
 * @param library file of llama.cpp's library, or the folder of its files; empty is to look for one
 * @param models folder with the models' files
 * @param sequences answers that one model makes beside each other
 * @param context tokens that a prompt and its answer may have together
 * @param threads that compute a step; 0 follows from the processors that are there
 * @param memory bytes that loaded models may have together; 0 is no limit
 * @param keepAlive how long a model stays loaded after its last use; negative is for ever
 * @param waiting requests of one model that wait for a sequence, at most
 * @param pulls where models are got from
 * @param files further models, outside of the folder
 */
public record EngineOptions(
    Optional<Path> library,
    Path models,
    int sequences,
    int context,
    int threads,
    long memory,
    Duration keepAlive,
    int waiting,
    PullConfig pulls,
    List<Path> files) {
  private static final URI OLLAMA = URI.create("https://registry.ollama.ai");
  private static final int MOST_SEQUENCES = 64;
  private static final int MOST_CONTEXT = 1 << 20;
  private static final int MOST_THREADS = 256;

  public EngineOptions {
    files = List.copyOf(files);
    between("sequences", sequences, 1, MOST_SEQUENCES);
    between("context", context, 8, MOST_CONTEXT);
    between("threads", threads, 0, MOST_THREADS);
    between("memory", memory, 0, Long.MAX_VALUE);
    between("waiting", waiting, 0, Integer.MAX_VALUE);
  }

  /** The same with models from Ollama's own registry, and none outside of the folder. */
  public EngineOptions(
      Optional<Path> library,
      Path models,
      int sequences,
      int context,
      int threads,
      long memory,
      Duration keepAlive,
      int waiting) {
    this(
        library,
        models,
        sequences,
        context,
        threads,
        memory,
        keepAlive,
        waiting,
        new PullConfig(OLLAMA, false),
        List.of());
  }

  private static void between(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "--" + name + "=" + value + " is not between " + least + " and " + most);
    }
  }

  /** What holds where nothing is set. */
  public static EngineOptions defaults(Path models) {
    return new EngineOptions(Optional.empty(), models, 8, 2048, 0, 0, Duration.ofMinutes(5), 512);
  }

  /**
   * Reads arguments of the form {@code --name=value}; what is not named is as by default.
   *
   * @throws IllegalArgumentException with the argument that cannot be understood
   */
  public static EngineOptions parse(List<String> arguments) {
    var read = new EngineArguments(arguments);
    EngineOptions usual = defaults(Path.of(read.text("models").orElse("models")));
    var options =
        new EngineOptions(
            read.text("library").map(Path::of),
            usual.models,
            (int) read.number("sequences", usual.sequences),
            (int) read.number("context", usual.context),
            (int) read.number("threads", usual.threads),
            read.number("memory", usual.memory),
            Duration.ofMillis(read.number("keep-alive-ms", usual.keepAlive.toMillis())),
            (int) read.number("waiting", usual.waiting),
            new PullConfig(
                read.text("registry").map(URI::create).orElse(usual.pulls.registry()),
                read.text("allow-private").map("true"::equals).orElse(false)),
            read.text("files").stream()
                .flatMap(Pattern.compile(File.pathSeparator)::splitAsStream)
                .map(Path::of)
                .toList());
    read.checkAllKnown();
    return options;
  }

  /** The arguments that {@link #parse} reads as these options. */
  public List<String> format() {
    List<String> arguments = new ArrayList<>();
    library.ifPresent(path -> arguments.add("--library=" + path));
    arguments.add("--models=" + models);
    arguments.add("--sequences=" + sequences);
    arguments.add("--context=" + context);
    arguments.add("--threads=" + threads);
    arguments.add("--memory=" + memory);
    arguments.add("--keep-alive-ms=" + keepAlive.toMillis());
    arguments.add("--waiting=" + waiting);
    arguments.add("--registry=" + pulls.registry());
    arguments.add("--allow-private=" + pulls.allowPrivate());
    if (!files.isEmpty()) {
      arguments.add(
          "--files=" + files.stream().map(Path::toString).collect(joining(File.pathSeparator)));
    }
    return arguments;
  }

  /**
   * Threads that compute a step. On one or two processors it is one, and one is left to everybody
   * else where there are more: threads of llama.cpp wait for each other busily, and come to a
   * standstill when one of them has to wait for a processor.
   */
  public int usedThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    return threads > 0 ? threads : Math.max(1, processors - 1);
  }
}
