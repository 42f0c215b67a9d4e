package com.sutazai.boot.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache that a trial run makes. */
class TrainingIT {
  private static final Path BUILT = Path.of("target/quarkus-app");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @Test
  void a_trained_program_starts_from_its_cache() throws Exception {
    // Given
    Path program = copy(folder.resolve("program"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    String archive = program.resolve("quarkus-run.jar").toString();

    // When
    String told = run(JAVA, "-Djava.io.tmpdir=" + temporary, "-jar", archive, "train");

    // Then
    Path cache = program.resolve("sutazai.aot");
    assertThat(told).contains("Start with: java -XX:AOTCache=" + cache + " -jar " + archive);
    assertThat(temporary).isEmptyDirectory();
    assertThat(program.resolve("sutazai.aot.new")).doesNotExist();

    // When
    List<String> command = // which ends at once where the cache cannot be used
        List.of(JAVA, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-Xmx256m", "-jar", archive);
    try (Product product = Product.up(folder.resolve("data"), Map.of(), command)) {
      // Then
      assertThat(product.get("/api/agents").statusCode()).isEqualTo(200);
    }
  }

  private static Path copy(Path to) throws IOException {
    try (Stream<Path> files = Files.walk(BUILT)) {
      for (Path each : files.toList()) {
        Path target = to.resolve(BUILT.relativize(each).toString());
        if (!each.endsWith("sutazai.aot")) {
          Files.copy(each, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    return to;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(told).isZero();
    return told;
  }
}
