package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.ModelFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiReaderTest {
  private final ChunkReader reader = Operation.CHAT_COMPLETIONS.reader();

  private Chunk only(String line) throws ModelFailure {
    return Json.read(reader, line).getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
        "data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
        "data:   {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]} \r",
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}"
      })
  void data_lines_hold_pieces(String line) throws ModelFailure {
    // When
    Chunk chunk = only(line);

    // Then
    assertThat(chunk.json())
        .isEqualTo(Json.object("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}"));
    assertThat(chunk.content()).isTrue();
    assertThat(chunk.last()).isFalse();
    assertThat(chunk.written())
        .asString(US_ASCII)
        .isEqualTo("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: [DONE]", "data:[DONE]", "data: [DONE]\r", "data: [DONE]  "})
  void done_is_an_empty_last_piece(String line) throws ModelFailure {
    // When
    Chunk chunk = only(line);

    // Then
    assertThat(chunk.json()).isEmpty();
    assertThat(chunk.content()).isFalse();
    assertThat(chunk.last()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r",
        ": ping",
        ":",
        "event: message",
        "event:x",
        "id: 7",
        "retry: 10",
        "data:"
      })
  void lines_that_only_separate_hold_nothing(String line) throws ModelFailure {
    assertThat(Json.read(reader, line)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"delta":{"content":"a"}}                                            | true
          {"delta":{"reasoning_content":"a"}}                                  | true
          {"delta":{"reasoning":"a"}}                                          | true
          {"delta":{"refusal":"a"}}                                            | true
          {"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}  | true
          {"delta":{"function_call":{"name":"f"}}}                             | true
          {"text":"a"}                                                         | true
          {"message":{"role":"assistant","content":"a"}}                       | true
          {"delta":{"role":"assistant","content":""}}                          | false
          {"delta":{"role":"assistant","content":null,"tool_calls":[]}}        | false
          {"delta":{},"finish_reason":"stop"}                                  | false
          {"text":"","finish_reason":"stop"}                                   | false
          """)
  void what_is_said_is_content(String choice, boolean content) throws ModelFailure {
    assertThat(only("data: {\"choices\":[" + choice + "]}").content()).isEqualTo(content);
  }

  @Test
  void usage_is_read_wherever_it_stands() throws ModelFailure {
    // When
    Chunk chunk =
        only(
            """
            data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}\
            """);

    // Then
    assertThat(chunk.usage()).isEqualTo(new Usage(9, 3, 12));
    assertThat(chunk.content()).isFalse();
  }

  @Test
  void no_usage_is_made_up() throws ModelFailure {
    assertThat(only("data: {\"choices\":[],\"usage\":null}").usage()).isNull();
    assertThat(only("data: {\"choices\":[],\"usage\":{}}").usage()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}",
        "data: {\"error\":\"out of memory\"}",
        "data: {\"object\":\"error\",\"message\":\"out of memory\",\"code\":400}",
        "error: {\"code\":500,\"message\":\"out of memory\"}",
        "{\"error\":{\"message\":\"out of memory\"}}"
      })
  void errors_are_reported_in_the_servers_words(String line) {
    assertThatThrownBy(() -> only(line))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.REPORTED))
        .hasMessage("The model server reported: out of memory");
  }

  @Test
  void an_error_without_a_message_is_told_whole() {
    assertThatThrownBy(() -> only("data: {\"error\":{\"code\":500}}"))
        .hasMessage("The model server reported: {\"code\":500}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html>", "data: <html>", "data: [1]", "data: {\"a\":", "nothing", "date: {}"})
  void other_lines_are_garbled(String line) {
    assertThatThrownBy(() -> only(line))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.GARBLED));
  }

  @Test
  void it_may_end_when_every_choice_has_a_reason() throws ModelFailure {
    assertThat(reader.mayEnd()).isFalse();

    only(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}");
    only("data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}");
    only("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
    assertThat(reader.mayEnd()).isFalse();

    only("data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}");
    only("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}");
    assertThat(reader.mayEnd()).isTrue();
  }
}
