package com.sutazai.engine.server;

import com.sutazai.platform.model.ModelTag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where models are. */
@FunctionalInterface
public interface ModelFiles {
  /** The file of the model that the name means; empty if there is none. */
  Optional<Path> find(String name);

  /** Files of a folder, each named {@code <name>.gguf}. */
  static ModelFiles in(Path folder) {
    return name -> {
      String plain = ModelTag.plain(name);
      boolean sound = plain.matches("[A-Za-z0-9][A-Za-z0-9._:-]*");
      return sound
          ? Optional.of(folder.resolve(plain + ".gguf")).filter(Files::isRegularFile)
          : Optional.empty();
    };
  }
}
