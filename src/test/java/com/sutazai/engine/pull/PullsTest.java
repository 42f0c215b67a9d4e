package com.sutazai.engine.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.engine.model.DemonstrationModel;
import com.sutazai.engine.model.ModelStore;
import com.sutazai.platform.id.Digests;
import com.sutazai.testing.FakeRegistry;
import com.sutazai.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path models;
  @TempDir Path folder;

  private byte[] file;
  private FakeRegistry registry;
  private ModelStore store;
  private Pulls pulls;

  @BeforeEach
  void open() throws IOException {
    file = Files.readAllBytes(DemonstrationModel.in(models));
    registry = new FakeRegistry();
    store = new ModelStore(folder, DemonstrationModel.in(folder), List.of());
    pulls = new Pulls(store, new PullConfig(registry.url(), false));
  }

  @AfterEach
  void close() {
    pulls.close();
    registry.close();
  }

  /** What one caller heard. */
  private static final class Heard implements PullListener {
    private final List<ObjectNode> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void line(ObjectNode step) {
      lines.add(step.deepCopy());
    }

    @Override
    public void end() {
      end.complete(null);
    }

    ObjectNode last() throws Exception {
      end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return lines.getLast();
    }

    List<String> statuses() {
      return lines.stream().map(each -> each.path("status").asText()).distinct().toList();
    }
  }

  private Heard pull(String name) {
    Heard heard = new Heard();
    pulls.pull(name, heard);
    return heard;
  }

  @Test
  void a_name_is_pulled_from_the_library_and_told_as_ollama_tells_it() throws Exception {
    // Given
    String digest = registry.offer("library/tiny", "latest", file);

    // When
    Heard heard = pull("tiny");

    // Then
    assertThat(heard.last().path("status").asText()).isEqualTo("success");
    assertThat(heard.statuses())
        .startsWith("pulling manifest", "pulling " + digest.substring(0, 12))
        .endsWith("verifying sha256 digest", "writing manifest", "success");
    assertThat(store.describe("tiny").orElseThrow().digest()).isEqualTo(digest);
    assertThat(Files.readAllBytes(folder.resolve("tiny.gguf"))).isEqualTo(file);
  }

  @Test
  void a_model_of_an_owner_is_found_under_that_owner() throws Exception {
    // Given
    registry.offer("somebody/model", "1b", file);

    // When
    Heard heard = pull("somebody/model:1b");

    // Then
    assertThat(heard.last().path("status").asText()).isEqualTo("success");
    assertThat(store.find("somebody/model:1b")).isPresent();
  }

  @Test
  void a_model_that_is_here_already_is_not_fetched_again() throws Exception {
    // Given
    registry.offer("library/tiny", "latest", file);
    pull("tiny").last();
    registry.requests().clear();

    // When
    ObjectNode end = pull("tiny").last();

    // Then
    assertThat(end.path("status").asText()).isEqualTo("success");
    assertThat(registry.requests()).containsExactly("library/tiny/manifests/latest");
  }

  @Test
  void a_connection_that_breaks_is_gone_on_with_where_it_broke() throws Exception {
    // Given
    String digest = registry.offer("library/tiny", "latest", file);
    registry.breakAfter(1_000);

    // When
    ObjectNode end = pull("tiny").last();

    // Then
    assertThat(end.path("status").asText()).isEqualTo("success");
    assertThat(registry.requests())
        .anyMatch(each -> each.matches(".*sha256:" + digest + " bytes=[1-9]\\d*-"));
  }

  @Test
  void a_pull_that_nobody_waits_for_ends_and_the_next_goes_on_with_it() throws Exception {
    // Given
    registry.offer("library/tiny", "latest", file);
    CountDownLatch held = registry.hold();
    Heard left = new Heard();
    Runnable leave = pulls.pull("tiny", left);
    await().atMost(PATIENCE).until(() -> partial() > 0);

    // When
    leave.run();
    Heard next = pull("tiny");
    held.countDown();
    ObjectNode end = next.last();

    // Then
    assertThat(end.path("status").asText()).isEqualTo("success");
    assertThat(registry.requests().getLast()).contains("bytes=");
  }

  private long partial() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(each -> each.toString().endsWith(".part"))
          .mapToLong(each -> each.toFile().length())
          .sum();
    }
  }

  @Test
  void who_asks_for_a_model_that_is_being_pulled_joins() throws Exception {
    // Given
    registry.offer("library/tiny", "latest", file);
    CountDownLatch held = registry.hold();
    Heard first = pull("tiny");
    await().atMost(PATIENCE).until(() -> partial() > 0);

    // When
    Heard second = pull("tiny:latest");
    held.countDown();

    // Then
    assertThat(first.last().path("status").asText()).isEqualTo("success");
    assertThat(second.last().path("status").asText()).isEqualTo("success");
    assertThat(registry.requests()).hasSize(2);
  }

  @Test
  void who_asks_for_another_file_of_the_name_that_is_being_pulled_is_refused() throws Exception {
    // Given
    registry.offer("library/tiny", "latest", file);
    CountDownLatch held = registry.hold();
    Heard first = pull("tiny");
    await().atMost(PATIENCE).until(() -> partial() > 0);

    // When
    Heard second = pull("https://example.org/tiny.gguf");
    held.countDown();

    // Then
    assertThat(second.last().path("error").asText())
        .startsWith("tiny:latest is being pulled from another place");
    assertThat(first.last().path("status").asText()).isEqualTo("success");
  }

  private String address(String digest) {
    registry.file("tiny.gguf", file);
    return registry.url() + "/files/tiny.gguf#sha256=" + digest;
  }

  /** Bytes of the file that came before, and of what else is there. */
  @ParameterizedTest
  @CsvSource({"all,0", "half,0", "none,0", "half,3", "all,3"})
  void what_came_of_a_file_whose_size_nobody_said_is_gone_on_with(String came, int more)
      throws Exception {
    // Given
    String digest = HexFormat.of().formatHex(Digests.sha256(file));
    int had = came.equals("all") ? file.length : came.equals("half") ? file.length / 2 : 0;
    byte[] part = Arrays.copyOf(file, had + more);
    Arrays.fill(part, had, had + more, (byte) 0x55);
    Files.write(store.partial(digest), part);

    // When
    ObjectNode end = pull(address(digest)).last();

    // Then
    if (more == 0 || had == file.length) {
      assertThat(end.path("status").asText()).isEqualTo("success");
      assertThat(Files.readAllBytes(folder.resolve("tiny.gguf"))).isEqualTo(file);
    } else {
      assertThat(end.path("error").asText()).contains("has another digest");
    }
    assertThat(partial()).isZero();
  }

  @Test
  void bytes_with_another_digest_are_no_model() throws Exception {
    // Given
    String hex = "1".repeat(64);
    registry.offer("library/tiny", "latest", hex, file.length);
    registry.blob(hex, file);

    // When
    ObjectNode end = pull("tiny").last();

    // Then
    assertThat(end.path("error").asText()).contains("has another digest");
    assertThat(store.find("tiny")).isEmpty();
    assertThat(partial()).isZero();
  }

  @Test
  void what_is_no_model_is_refused_with_the_reason() throws Exception {
    // Given
    registry.offer("library/tiny", "latest", "this is a text".getBytes());

    // When
    ObjectNode end = pull("tiny").last();

    // Then
    assertThat(end.path("error").asText())
        .isEqualTo("tiny:latest cannot be run: it is no GGUF file");
    assertThat(store.find("tiny")).isEmpty();
  }

  @Test
  void a_model_for_which_there_is_no_room_is_not_begun() throws Exception {
    // Given
    String hex = "2".repeat(64);
    long petabyte = 1L << 50;
    registry.offer("library/huge", "latest", hex, petabyte);
    registry.blob(hex, file);

    // When
    ObjectNode end = pull("huge").last();

    // Then
    assertThat(end.path("error").asText()).containsAnyOf("has no room", "bytes instead of");
  }

  @Test
  void a_model_that_the_registry_lacks_is_told_by_name() throws Exception {
    assertThat(pull("absent").last().path("error").asText())
        .isEqualTo("pull model manifest: 127.0.0.1 has no model absent:latest");
  }

  @Test
  void without_a_network_one_sentence_says_so() throws Exception {
    // Given
    int nobody = Ports.free();
    var config = new PullConfig(URI.create("http://127.0.0.1:" + nobody), false);

    // When
    Heard heard = new Heard();
    try (Pulls offline = new Pulls(store, config)) {
      offline.pull("tiny", heard);

      // Then
      assertThat(heard.last().path("error").asText())
          .isEqualTo(
              "127.0.0.1 cannot be reached: without a network, copy a .gguf file into the models"
                  + " folder instead");
    }
  }

  /** CWE-22, CWE-918: neither files nor machines that only this one can reach. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "../secret|invalid model name",
        "demo|is the demonstration model",
        "https://example.org/demo.gguf|is the demonstration model",
        "http://8.8.8.8/model.gguf|over https only",
        "file:///etc/passwd.gguf|is no address",
        "https://127.0.0.1/model.gguf|is not a public address",
        "https://169.254.169.254/model.gguf|is not a public address",
        "https://[::1]/model.gguf|is not a public address",
        "https://localhost/model.gguf|is not a public address",
        "https://example.org/model.bin|must end with the name of a .gguf file",
        "https://user:password@example.org/model.gguf|have no password",
        "https://example.org/model.gguf#md5=1|behind # there may be",
      })
  void what_may_not_be_pulled_is_refused_with_the_reason(String model, String why)
      throws Exception {
    assertThat(pull(model).last().path("error").asText()).contains(why);
  }
}
