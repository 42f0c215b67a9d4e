package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.ModelFailure.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
  private final ChunkReader reader = Operation.EMBEDDINGS.reader();

  @Test
  void one_line_is_the_whole_answer() throws ModelFailure {
    // When
    List<Chunk> chunks =
        Json.read(
            Operation.EMBED.reader(),
            "{\"model\":\"m\",\"embeddings\":[[0.1]],\"prompt_eval_count\":3}");

    // Then
    assertThat(chunks).hasSize(1);
    assertThat(chunks.getFirst().content()).isTrue();
    assertThat(chunks.getFirst().last()).isTrue();
    assertThat(chunks.getFirst().usage()).isEqualTo(new Usage(3, 0, 3));
  }

  @Test
  void an_answer_laid_out_over_lines_is_put_together() throws ModelFailure {
    // Given
    String answer =
        """
        {
          "object": "list",
          "data": [
            { "index": 0, "embedding": [0.5, -1e-3], "note": "a } \\" { b" }
          ],
          "usage": { "prompt_tokens": 8, "total_tokens": 8 }
        }
        """;

    // When
    List<Chunk> chunks = Json.read(reader, answer);

    // Then
    assertThat(chunks).hasSize(1);
    assertThat(chunks.getFirst().json()).isEqualTo(Json.object(answer));
    assertThat(chunks.getFirst().usage()).isEqualTo(new Usage(8, 0, 8));
  }

  @Test
  void an_error_is_reported() {
    assertThatThrownBy(() -> Json.read(reader, "{\"error\":{\"message\":\"input too large\"}}"))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REPORTED))
        .hasMessage("The model server reported: input too large");
  }

  @Test
  void what_is_no_object_is_garbled() {
    assertThatThrownBy(() -> Json.read(reader, "<html>"))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.GARBLED));
  }

  @Test
  void half_an_answer_may_not_end() throws ModelFailure {
    // When
    List<Chunk> chunks = Json.read(reader, "{\"data\":[");

    // Then
    assertThat(chunks).isEmpty();
    assertThat(reader.mayEnd()).isFalse();
  }

  @Test
  void an_answer_without_an_end_is_not_kept() {
    // Given
    byte[] line = "[".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    // When / Then
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 40; i++) {
                reader.read(line);
              }
            })
        .hasMessage("The model server sent an answer of more than 33554432 bytes.");
  }
}
