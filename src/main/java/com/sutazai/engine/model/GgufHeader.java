package com.sutazai.engine.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the head of a model's file says about it.
 *
 * @param size of the file, in bytes
 * @param values the plain ones by key: Long, Double, Boolean or String
 * @param arrays how many entries each array has, and bytes of each text that is too long to keep
 * @param numbers how many there are in tensors of each type
 */
public record GgufHeader(
    long size,
    Map<String, Object> values,
    Map<String, Long> arrays,
    Map<TensorType, Long> numbers) {
  private static final String TOKENS = "tokenizer.ggml.tokens";

  public GgufHeader {
    values = Collections.unmodifiableMap(values);
    arrays = Collections.unmodifiableMap(arrays);
    numbers = Collections.unmodifiableMap(numbers);
  }

  /**
   * Reads it.
   *
   * @throws GgufException with the reason when the file cannot be a model's
   */
  public static GgufHeader read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new GgufReader(new GgufInput(channel)).read();
    }
  }

  /** The family of models that it is of, such as {@code llama}; empty when it does not say. */
  public String architecture() {
    return text("general.architecture").orElse("");
  }

  public Optional<String> name() {
    return text("general.name");
  }

  /** The template that makes a text of a conversation. */
  public Optional<String> chatTemplate() {
    return text("tokenizer.chat_template");
  }

  /** Which algorithm makes tokens of a text, such as {@code llama} or {@code gpt2}. */
  public Optional<String> tokenizer() {
    return text("tokenizer.ggml.model");
  }

  public OptionalLong vocabulary() {
    Long tokens = arrays.get(TOKENS);
    return tokens == null ? OptionalLong.empty() : OptionalLong.of(tokens);
  }

  /** Tokens that prompt and answer may have together. */
  public OptionalLong contextLength() {
    return shape("context_length");
  }

  public OptionalLong embeddingLength() {
    return shape("embedding_length");
  }

  public OptionalLong layers() {
    return shape("block_count");
  }

  /** How many numbers it was trained to. */
  public long parameters() {
    return numbers.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The same as people say it: {@code 1.1B}, {@code 135.2M}. */
  public String parameterSize() {
    long count = parameters();
    if (count >= 1_000_000_000) {
      return String.format(Locale.ROOT, "%.1fB", count / 1e9);
    }
    return count >= 1_000_000
        ? String.format(Locale.ROOT, "%.2fM", count / 1e6)
        : String.format(Locale.ROOT, "%.2fK", count / 1e3);
  }

  /** How most of its numbers are stored, such as {@code Q4_K_M}. */
  public String quantization() {
    Optional<String> said =
        values.get("general.file_type") instanceof Long code
            ? FileType.name(code)
            : Optional.empty();
    return said.orElseGet(
        () ->
            numbers.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .map(most -> most.getKey().name())
                .orElse("unknown"));
  }

  private OptionalLong shape(String key) {
    return values.get(architecture() + "." + key) instanceof Long number && number >= 0
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  private Optional<String> text(String key) {
    return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
  }
}
