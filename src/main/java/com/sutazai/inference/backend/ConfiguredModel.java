package com.sutazai.inference.backend;

import com.sutazai.engine.model.ModelReference;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model of requests that name none.
 *
 * @param name as requests would say it
 * @param file of the engine inside, where the model was set by its path
 */
public record ConfiguredModel(String name, Optional<Path> file) {
  private static final String SUFFIX = ".gguf";

  /** Reads a name, a file's name in the models' folder, or the path of a {@code .gguf} file. */
  public static ConfiguredModel of(String text) {
    if (!text.endsWith(SUFFIX)) {
      return new ConfiguredModel(text, Optional.empty());
    }
    Path path = Path.of(text);
    String name =
        ModelReference.ofFile(path.getFileName().toString())
            .orElseThrow(() -> new IllegalArgumentException(text + " is no name of a model file"))
            .shortName();
    boolean elsewhere = path.getNameCount() > 1 || path.isAbsolute();
    return new ConfiguredModel(name, elsewhere ? Optional.of(path) : Optional.empty());
  }
}
