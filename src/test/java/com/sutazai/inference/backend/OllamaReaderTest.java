package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.ModelFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaReaderTest {
  private final ChunkReader reader = Operation.CHAT.reader();

  private Chunk only(String line) throws ModelFailure {
    return Json.read(reader, line).getFirst();
  }

  @Test
  void a_piece_of_text_is_content_and_not_the_last() throws ModelFailure {
    // When
    Chunk chunk = only("{\"model\":\"m\",\"response\":\"Hi\",\"done\":false}");

    // Then
    assertThat(chunk.json())
        .isEqualTo(Json.object("{\"model\":\"m\",\"response\":\"Hi\",\"done\":false}"));
    assertThat(chunk.content()).isTrue();
    assertThat(chunk.last()).isFalse();
    assertThat(chunk.usage()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"response\":\"a\"}",
        "{\"response\":\"\",\"thinking\":\"a\"}",
        "{\"message\":{\"role\":\"assistant\",\"content\":\"a\"}}",
        "{\"message\":{\"content\":\"\",\"thinking\":\"a\"}}",
        "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}"
      })
  void text_thinking_and_tool_calls_are_content(String line) throws ModelFailure {
    assertThat(only(line).content()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"response\":\"\",\"done\":false}",
        "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[]}}",
        "{\"message\":{\"content\":null}}",
        "{\"error\":null}",
        "{}"
      })
  void empty_pieces_are_no_content(String line) throws ModelFailure {
    assertThat(only(line).content()).isFalse();
  }

  @Test
  void the_last_piece_tells_the_usage() throws ModelFailure {
    // When
    Chunk chunk = only("{\"done\":true,\"prompt_eval_count\":11,\"eval_count\":4}");

    // Then
    assertThat(chunk.last()).isTrue();
    assertThat(chunk.usage()).isEqualTo(new Usage(11, 4, 15));
  }

  @Test
  void a_prompt_that_was_not_counted_again_counts_nothing() throws ModelFailure {
    assertThat(only("{\"done\":true,\"eval_count\":4}").usage()).isEqualTo(new Usage(0, 4, 4));
  }

  @Test
  void an_error_in_the_stream_is_reported_in_the_servers_words() {
    assertThatThrownBy(() -> only("{\"error\":\"llama runner process has terminated\"}"))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REPORTED))
        .hasMessage("The model server reported: llama runner process has terminated");
  }

  @Test
  void a_long_error_is_cut() {
    assertThatThrownBy(() -> only("{\"error\":\"" + "x".repeat(600) + "\"}"))
        .hasMessage("The model server reported: " + "x".repeat(500) + "…");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "[]", "\"text\"", "{\"a\":1", "{\"a\":1} {\"b\":2}", "null"})
  void a_line_that_is_no_object_is_garbled(String line) {
    assertThatThrownBy(() -> only(line))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.GARBLED))
        .hasMessage("The model server sent a line that is no JSON object.");
  }

  @Test
  void only_the_last_piece_may_end_it() throws ModelFailure {
    // When
    only("{\"response\":\"a\",\"done\":false}");

    // Then
    assertThat(reader.mayEnd()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"response\" : \"a\\u00e9\", \"n\":1.50e0,\"done\":false}",
        "{\"response\":\"a\",\t\"done\":false}  \r"
      })
  void a_piece_is_passed_on_as_it_was_written(String line) throws ModelFailure {
    assertThat(only(line).written()).asString(UTF_8).isEqualTo(line.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"response\":\r\"a\"}", " {\"response\":\"a\"}"})
  void a_line_that_could_end_an_event_is_written_anew(String line) throws ModelFailure {
    assertThat(only(line).written()).isNull();
  }
}
