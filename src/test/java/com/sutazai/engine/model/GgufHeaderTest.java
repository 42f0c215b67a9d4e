package com.sutazai.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufHeaderTest {
  /** What reading one header may take, the 64 kB of the input among it. */
  private static final long MOST_MEMORY = 16 << 20;

  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.gguf"), bytes);
  }

  private static byte[] small() {
    return new GgufWriter(4096, 4096)
        .put("general.architecture", "llama")
        .put("general.name", "Small")
        .put("llama.context_length", 2048)
        .put("llama.embedding_length", 64)
        .put("llama.block_count", 3)
        .put("llama.attention.head_count", 4)
        .put("llama.attention.head_count_kv", 2)
        .put("tokenizer.ggml.model", "llama")
        .putTexts("tokenizer.ggml.tokens", List.of("a", "b", "c"))
        .put("tokenizer.chat_template", "{{ messages }}")
        .ones("norm", 64)
        .zeros("matrix", 64, 16)
        .bytes();
  }

  @Test
  void a_header_tells_what_the_model_is() throws Exception {
    // When
    GgufHeader header = GgufHeader.read(file(small()));

    // Then
    assertThat(header.architecture()).isEqualTo("llama");
    assertThat(header.name()).contains("Small");
    assertThat(header.contextLength()).hasValue(2048);
    assertThat(header.layers()).hasValue(3);
    assertThat(header.vocabulary()).hasValue(3);
    assertThat(header.tokenizer()).contains("llama");
    assertThat(header.chatTemplate()).contains("{{ messages }}");
    assertThat(header.parameters()).isEqualTo(64 + 1024);
    assertThat(header.quantization()).isEqualTo("Q4_0");
  }

  @Test
  void how_numbers_are_stored_is_what_the_file_says_of_itself() throws Exception {
    // Given
    byte[] bytes =
        new GgufWriter(1024, 1024).put("general.file_type", 15).zeros("matrix", 64, 1).bytes();

    // When
    GgufHeader header = GgufHeader.read(file(bytes));

    // Then
    assertThat(header.quantization()).isEqualTo("Q4_K_M");
  }

  @Test
  void a_file_that_is_no_model_is_refused() throws Exception {
    Path file = file("This is a text that somebody named like a model.".getBytes());
    assertThatThrownBy(() -> GgufHeader.read(file))
        .isInstanceOf(GgufException.class)
        .hasMessage("it is no GGUF file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, -1, 50331648})
  void other_versions_are_refused_by_their_number(int version) throws Exception {
    // Given
    byte[] bytes = small();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, version);

    // When
    Path file = file(bytes);

    // Then
    assertThatThrownBy(() -> GgufHeader.read(file))
        .isInstanceOf(GgufException.class)
        .hasMessageContaining("GGUF version " + Integer.toUnsignedString(version));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40})
  void counts_beyond_all_bounds_are_refused(long count) throws Exception {
    for (int place : List.of(8, 16)) {
      // Given
      byte[] bytes = small();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(place, count);

      // When
      Path file = file(bytes);

      // Then
      assertThatThrownBy(() -> GgufHeader.read(file)).isInstanceOf(GgufException.class);
    }
  }

  @Test
  void every_truncated_file_is_refused() throws Exception {
    byte[] bytes = small();
    for (int length = 0; length < bytes.length; length++) {
      // When
      Path file = file(Arrays.copyOf(bytes, length));

      // Then
      assertThatThrownBy(() -> GgufHeader.read(file))
          .as("the first %d bytes", length)
          .isInstanceOf(GgufException.class);
    }
  }

  @Test
  void a_tensor_that_the_file_does_not_hold_is_refused_by_name() throws Exception {
    // Given
    byte[] bytes = small();
    Path file = file(Arrays.copyOf(bytes, bytes.length - 40));

    // Then
    assertThatThrownBy(() -> GgufHeader.read(file))
        .hasMessageContaining("tensor matrix ends behind the end of the file");
  }

  @Test
  void a_key_that_comes_twice_is_refused() throws Exception {
    // Given
    byte[] bytes = new GgufWriter(1024, 64).put("a", 1).put("a", 2).bytes();

    // When
    Path file = file(bytes);

    // Then
    assertThatThrownBy(() -> GgufHeader.read(file)).hasMessage("it has a twice");
  }

  @Test
  void a_text_of_megabytes_is_walked_over() throws Exception {
    // Given
    byte[] bytes =
        new GgufWriter(4 << 20, 1024)
            .put("long", "x".repeat(3 << 20))
            .put("general.architecture", "llama")
            .ones("norm", 8)
            .bytes();

    // When
    GgufHeader header = GgufHeader.read(file(bytes));

    // Then
    assertThat(header.values()).doesNotContainKey("long");
    assertThat(header.arrays()).containsEntry("long", 3L << 20);
    assertThat(header.architecture()).isEqualTo("llama");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void damaged_headers_are_read_or_refused_and_need_little_memory(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] good = small();
    for (int round = 0; round < 1_500; round++) {
      byte[] bytes = damaged(good, random);
      requireReadOrRefused(file(bytes), seed, round);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void noise_behind_a_good_beginning_is_refused(long seed) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      // Given
      byte[] bytes = new byte[random.nextInt(24, 4096)];
      random.nextBytes(bytes);
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put("GGUF".getBytes())
          .putInt(3)
          .putLong(random.nextInt(1, 1000))
          .putLong(random.nextInt(1, 1000));

      // When
      Path file = file(bytes);

      // Then
      assertThatThrownBy(() -> GgufHeader.read(file))
          .as("seed %d, round %d", seed, round)
          .isInstanceOf(GgufException.class);
    }
  }

  private static byte[] damaged(byte[] good, Random random) {
    byte[] bytes =
        Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(24, good.length) : good.length);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int hit = 1 + random.nextInt(4); hit > 0; hit--) {
      switch (random.nextInt(3)) {
        case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        case 1 -> buffer.putLong(random.nextInt(bytes.length - 8), random.nextLong());
        default -> buffer.putInt(random.nextInt(bytes.length - 4), 1 << random.nextInt(32));
      }
    }
    return bytes;
  }

  private static void requireReadOrRefused(Path file, long seed, int round) throws IOException {
    var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    try {
      GgufHeader header = GgufHeader.read(file);
      assertThat(header.parameterSize()).isNotEmpty();
      assertThat(header.quantization()).isNotEmpty();
    } catch (GgufException refused) {
      assertThat(refused).hasMessageStartingWith("it");
    }
    assertThat(thread.getCurrentThreadAllocatedBytes() - before)
        .as("seed %d, round %d", seed, round)
        .isLessThan(MOST_MEMORY);
  }
}
