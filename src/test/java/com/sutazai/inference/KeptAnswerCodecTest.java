package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.Operation;
import com.sutazai.inference.backend.Usage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptAnswerCodecTest {
  private static final String OLLAMA =
      "{\"response\":\"Hé\",\"done\":false}\n{\"response\":\"\",\"done\":true,\"eval_count\":1}\n";
  private static final String OPENAI =
      """
      {"choices":[{"index":0,"delta":{"content":"Hi"}}]}
      {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}
      data: [DONE]
      """;

  private final KeptAnswerCodec codec = new KeptAnswerCodec();

  private static KeptAnswer answer(
      Operation operation, @Nullable Usage usage, @Nullable String text, String lines) {
    return new KeptAnswer(
        operation, "tinyllama:latest", usage, text, lines.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Chunk> pieces(KeptAnswer answer) throws Exception {
    KeptAnswer.Pieces pieces = answer.pieces();
    List<Chunk> all = new ArrayList<>();
    for (Chunk chunk = pieces.next(); chunk != null; chunk = pieces.next()) {
      all.add(chunk);
    }
    return all;
  }

  @Test
  void an_answer_is_read_as_it_was_written() throws Exception {
    // Given
    KeptAnswer generated = answer(Operation.GENERATE, Usage.of(7, 1), "Hé", OLLAMA);
    KeptAnswer completed = answer(Operation.CHAT_COMPLETIONS, null, null, OPENAI);

    for (KeptAnswer written : List.of(generated, completed)) {
      // When
      KeptAnswer read = codec.decode(codec.encode(written));

      // Then
      assertThat(read.operation()).isEqualTo(written.operation());
      assertThat(read.model()).isEqualTo(written.model());
      assertThat(read.usage()).isEqualTo(written.usage());
      assertThat(read.text()).isEqualTo(written.text());
      assertThat(read.lines()).isEqualTo(written.lines());
      assertThat(pieces(read))
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(pieces(written))
          .last()
          .matches(Chunk::last);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "GENERATE|a|{\"response\":\"a\",\"done\":false}",
        "GENERATE|a|{\"response\":\"a\",\"error\":\"broken\",\"done\":true}",
        "GENERATE|a|<html>",
        "GENERATE|a|``",
        "GENERATE||{\"response\":\"a\",\"done\":true}",
        "CHAT|a|{\"message\":{\"content\":\"a\"},\"done\":true}",
        "CHAT_COMPLETIONS||{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
      })
  void what_is_no_whole_answer_is_not_read(
      Operation operation, @Nullable String text, String lines) {
    byte[] written = codec.encode(answer(operation, null, text, lines + "\n"));

    assertThatThrownBy(() -> codec.decode(written)).isInstanceOf(IOException.class);
  }

  @Test
  void what_was_cut_or_has_more_at_its_end_is_not_read() {
    byte[] written = codec.encode(answer(Operation.GENERATE, Usage.of(7, 1), "Hé", OLLAMA));

    for (int length = 0; length < written.length; length++) {
      byte[] cut = Arrays.copyOf(written, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> codec.decode(Arrays.copyOf(written, written.length + 1)))
        .isInstanceOf(IOException.class);
  }
}
