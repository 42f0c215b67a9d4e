package com.sutazai.engine.llama;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The library inside the Maven artefact {@code de.kherud:llama:4.2.0}, of which nothing else is
 * used: none of its classes is loaded, and not its entry for the Java Native Interface either.
 */
final class CarriedLibrary {
  static final String ORIGIN = "de.kherud:llama:4.2.0";

  private CarriedLibrary() {}

  /** Its resource for this machine's processor. */
  static String resource(String architecture) {
    String folder =
        switch (architecture) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          default ->
              throw new UnusableLibraryException(
                  "it has no code for processors of " + architecture);
        };
    return "/de/kherud/llama/Linux/" + folder + "/libjllama.so";
  }

  /** Copies it to a temporary file. */
  static Path copy() throws IOException {
    String resource = resource(System.getProperty("os.arch", ""));
    try (InputStream library = CarriedLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new UnusableLibraryException("this build of the program was made without it");
      }
      Path file = Files.createTempFile("sutazai-llama", ".so");
      Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }
}
