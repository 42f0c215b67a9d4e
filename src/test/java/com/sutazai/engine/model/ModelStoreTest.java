package com.sutazai.engine.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.id.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
  @TempDir Path root;

  private Path folder;
  private ModelStore store;

  @BeforeEach
  void open() throws IOException {
    folder = root.resolve("models");
    store = new ModelStore(folder, DemonstrationModel.in(folder), List.of());
  }

  private static byte[] model(String name) {
    return new GgufWriter(1024, 1024)
        .put("general.architecture", "llama")
        .put("general.name", name)
        .ones("norm", 32)
        .bytes();
  }

  private Path add(String file, String name, int second) throws IOException {
    Path path = Files.write(folder.resolve(file), model(name));
    return Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(second)));
  }

  private List<String> names() throws IOException {
    return store.list().stream().map(StoredModel::name).toList();
  }

  @Test
  void an_empty_folder_has_the_demonstration_model() throws Exception {
    assertThat(names()).containsExactly("demo");
  }

  @Test
  void the_newest_model_is_first_and_the_demonstration_last() throws Exception {
    // Given
    add("old.gguf", "Old", 1_000);
    add("new:1b.gguf", "New", 2_000);

    // When
    List<String> names = names();

    // Then
    assertThat(names).containsExactly("new:1b", "old:latest", "demo");
  }

  @Test
  void what_is_no_model_is_not_listed() throws Exception {
    // Given
    Files.writeString(folder.resolve("broken.gguf"), "not a model");
    Files.write(folder.resolve("model.gguf.part"), model("Part"));
    Files.createDirectory(folder.resolve("folder.gguf"));

    // When
    List<String> names = names();

    // Then
    assertThat(names).containsExactly("demo");
  }

  @Test
  void a_file_cannot_take_the_demonstration_s_name() throws Exception {
    // Given
    add("demo.gguf", "Other", 1_000);

    // When
    Path found = store.find("demo").orElseThrow();

    // Then
    assertThat(names()).containsExactly("demo");
    assertThat(Files.readAllBytes(found)).isEqualTo(DemonstrationModel.bytes());
  }

  @Test
  void a_model_is_found_with_and_without_its_tag() throws Exception {
    // Given
    Path file = add("tinyllama.gguf", "Tiny", 1_000);

    // Then
    assertThat(store.find("tinyllama")).contains(file.toRealPath());
    assertThat(store.find("tinyllama:latest")).contains(file.toRealPath());
    assertThat(store.find("tinyllama:1b")).isEmpty();
    assertThat(store.find("../models/tinyllama")).isEmpty();
  }

  @Test
  void a_file_elsewhere_is_a_model_when_it_is_set() throws Exception {
    // Given
    Path outside = Files.write(root.resolve("mine:7b.gguf"), model("Mine"));
    add("mine:7b.gguf", "Other", 1_000);

    // When
    store = new ModelStore(folder, DemonstrationModel.in(folder), List.of(outside));

    // Then
    assertThat(names()).containsExactly("mine:7b", "demo");
    assertThat(store.find("mine:7b")).contains(outside.toRealPath());
    assertThat(store.remove("mine:7b")).isFalse();
    assertThat(store.whyKept("mine:7b").orElseThrow()).contains("a setting");
    assertThatThrownBy(() -> new ModelStore(folder, folder, List.of(root.resolve("no.gguf"))))
        .hasMessageEndingWith("no.gguf is no .gguf file that is there");
  }

  @Test
  void a_link_that_leads_out_is_no_model() throws Exception {
    // Given
    Path outside = Files.write(root.resolve("outside.gguf"), model("Outside"));
    Files.createSymbolicLink(folder.resolve("link.gguf"), outside);

    // Then
    assertThat(store.find("link")).isEmpty();
    assertThat(names()).containsExactly("demo");
  }

  @Test
  void a_digest_is_computed_once_and_again_when_the_file_changed() throws Exception {
    // Given
    Path file = add("a.gguf", "First", 1_000);
    String first = store.describe("a").orElseThrow().digest();
    Path kept = folder.resolve(".a.gguf.sha256");
    String second = "0".repeat(64);
    Files.writeString(kept, Files.readString(kept).replace(first, second));
    store = new ModelStore(folder, DemonstrationModel.in(folder), List.of());

    // When
    String known = store.describe("a").orElseThrow().digest();
    add("a.gguf", "Changed", 2_000);
    String fresh = store.describe("a").orElseThrow().digest();

    // Then
    assertThat(known).isEqualTo(second);
    assertThat(fresh).isEqualTo(HexFormat.of().formatHex(Digests.sha256(Files.readAllBytes(file))));
  }

  @Test
  void where_nothing_can_be_written_a_digest_is_computed_once_too() throws Exception {
    // Given
    Path file = add("a.gguf", "First", 1_000);
    Files.createDirectory(folder.resolve(".a.gguf.sha256.new"));
    String first = store.describe("a").orElseThrow().digest();
    byte[] other = Files.readAllBytes(file);
    other[other.length - 1]++;
    Files.write(file, other);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000)));

    // When
    String known = store.describe("a").orElseThrow().digest();

    // Then
    assertThat(folder.resolve(".a.gguf.sha256")).doesNotExist();
    assertThat(known).isEqualTo(first).hasSize(64);
  }

  @Test
  void a_model_is_found_to_be_run_without_its_digest() throws Exception {
    // Given
    Path file = add("a.gguf", "A", 1_000);
    Files.writeString(folder.resolve("broken.gguf"), "not a model");

    // When
    Optional<Path> found = store.sound("a");

    // Then
    assertThat(found).contains(file.toRealPath());
    assertThat(folder.resolve(".a.gguf.sha256")).doesNotExist();
    assertThat(store.sound("none")).isEmpty();
    assertThatThrownBy(() -> store.sound("broken")).hasMessage("it is no GGUF file");
  }

  @Test
  void a_removed_model_is_gone_with_what_was_kept_beside_it() throws Exception {
    // Given
    Path file = add("a.gguf", "A", 1_000);
    store.list();

    // When
    boolean removed = store.remove("a");

    // Then
    assertThat(removed).isTrue();
    assertThat(store.remove("a")).isFalse();
    assertThat(file).doesNotExist();
    assertThat(folder.resolve(".a.gguf.sha256")).doesNotExist();
  }

  @Test
  void the_demonstration_cannot_be_removed() throws Exception {
    assertThat(store.remove("demo")).isFalse();
    assertThat(store.whyKept("demo").orElseThrow()).contains("part of the program");
    assertThat(store.whyKept("other")).isEmpty();
    assertThat(names()).containsExactly("demo");
  }

  @Test
  void a_broken_model_that_is_named_is_refused_with_the_reason() throws Exception {
    // Given
    Files.writeString(folder.resolve("broken.gguf"), "not a model");

    // Then
    assertThatThrownBy(() -> store.describe("broken")).hasMessage("it is no GGUF file");
  }

  @Test
  void models_are_told_in_ollama_s_shapes() throws Exception {
    // Given
    add("a.gguf", "A", 1_000);

    // When
    JsonNode listed = ModelDescriptions.tags(store.list()).at("/models/0");
    JsonNode shown = ModelDescriptions.shown(store.describe("a").orElseThrow());

    // Then
    assertThat(listed.path("name").asText()).isEqualTo("a:latest");
    assertThat(listed.path("digest").asText()).hasSize(64);
    assertThat(listed.path("size").asLong()).isEqualTo(model("A").length);
    assertThat(listed.path("modified_at").asText()).isEqualTo("1970-01-01T00:16:40Z");
    assertThat(listed.at("/details/family").asText()).isEqualTo("llama");
    assertThat(listed.at("/details/quantization_level").asText()).isEqualTo("F32");
    assertThat(shown.at("/model_info/general.name").asText()).isEqualTo("A");
    assertThat(shown.at("/capabilities/0").asText()).isEqualTo("completion");
  }

  @Test
  void the_demonstration_s_file_is_made_once_and_mended() throws Exception {
    // Given
    Path file = store.find("demo").orElseThrow();
    FileTime made = Files.getLastModifiedTime(file);
    DemonstrationModel.in(folder);
    FileTime kept = Files.getLastModifiedTime(file);
    Files.writeString(file, "damaged", UTF_8);

    // When
    DemonstrationModel.in(folder);

    // Then
    assertThat(kept).isEqualTo(made);
    assertThat(store.describe("demo").orElseThrow().header().name())
        .contains("SutazAI demonstration model");
  }
}
