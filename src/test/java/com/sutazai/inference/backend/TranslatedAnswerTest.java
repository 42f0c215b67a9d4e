package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.ModelFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TranslatedAnswerTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Instant now = START;

  private ChunkReader reader(Operation operation) {
    return OllamaOverOpenAi.reader(operation, "m", () -> now);
  }

  private static List<String> texts(List<Chunk> chunks) {
    return chunks.stream().map(chunk -> chunk.json().toString()).toList();
  }

  @Test
  void a_chat_is_given_piece_by_piece() throws ModelFailure {
    // Given
    ChunkReader reader = reader(Operation.CHAT);
    now = START.plus(Duration.ofMillis(1500));

    // When
    List<Chunk> chunks =
        Json.read(
            reader,
            """
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm"},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12},"timings":{"prompt_ms":12.5,"predicted_ms":30.0000004}}

            data: [DONE]
            """);

    // Then
    assertThat(texts(chunks))
        .containsExactly(
            """
            {"model":"m","created_at":"2026-01-01T00:00:01.500Z","message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}""",
            """
            {"model":"m","created_at":"2026-01-01T00:00:01.500Z","message":{"role":"assistant","content":"Hi"},"done":false}""",
            """
            {"model":"m","created_at":"2026-01-01T00:00:01.500Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":1500000000,"prompt_eval_count":9,"eval_count":3,"prompt_eval_duration":12500000,"eval_duration":30000000}""");
    assertThat(chunks).extracting(Chunk::content).containsExactly(true, true, false);
    assertThat(chunks).extracting(Chunk::last).containsExactly(false, false, true);
    assertThat(chunks.getLast().usage()).isEqualTo(new Usage(9, 3, 12));
  }

  @Test
  void a_completion_is_given_as_a_generated_text() throws ModelFailure {
    // When
    List<Chunk> chunks =
        Json.read(
            reader(Operation.GENERATE),
            """
            data: {"object":"text_completion","choices":[{"index":0,"text":"a","finish_reason":null}]}
            data: {"object":"text_completion","choices":[{"index":0,"text":"b","finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}
            data: [DONE]""");

    // Then
    assertThat(texts(chunks))
        .containsExactly(
            """
            {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"a","done":false}""",
            """
            {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"b","done":false}""",
            """
            {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"length","total_duration":0,"prompt_eval_count":1,"eval_count":2}""");
  }

  @Test
  void tool_calls_come_in_one_piece_when_they_are_complete() throws ModelFailure {
    // When
    List<Chunk> chunks =
        Json.read(
            reader(Operation.CHAT),
            """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":""}}]}}]}
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\""}}]}}]}
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"function":{"name":"g"}}]}}]}
            data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}
            data: [DONE]""");

    // Then
    assertThat(chunks).hasSize(2);
    assertThat(chunks.getFirst().content()).isTrue();
    assertThat(chunks.getFirst().json())
        .isEqualTo(
            Json.object(
                """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","done":false,"message":{
                  "role":"assistant","content":"","tool_calls":[
                    {"id":"x","function":{"index":0,"name":"f","arguments":{"a":1}}},
                    {"function":{"index":1,"name":"g","arguments":{}}}]}}"""));
    assertThat(chunks.getLast().json().path("done_reason").textValue()).isEqualTo("stop");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\\\"a\\\":", "[]", "no"})
  void arguments_that_are_no_object_are_garbled(String arguments) {
    assertThatThrownBy(
            () ->
                Json.read(
                    reader(Operation.CHAT),
                    "data: {\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\"delta\":"
                        + "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\""
                        + arguments
                        + "\"}}]}}]}"))
        .isInstanceOfSatisfying(
            ModelFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.GARBLED))
        .hasMessage("The model server sent arguments of a tool call that are no JSON object.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"content":[{"token":"a","logprob":-1.5,"bytes":[97],"id":7,"top_logprobs":[{"token":"b","logprob":-2,"bytes":null}]}]} | [{"token":"a","logprob":-1.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-2}]}]
          {"content":[{"token":"a","logprob":-1,"top_logprobs":[]}]} | [{"token":"a","logprob":-1}]
          {"tokens":["a"],"token_logprobs":[-1],"top_logprobs":[{"a":-1,"b":-2}],"text_offset":[0]} | [{"token":"a","logprob":-1,"top_logprobs":[{"token":"a","logprob":-1},{"token":"b","logprob":-2}]}]
          {"tokens":["a"],"token_logprobs":[null],"top_logprobs":null} | [{"token":"a"}]
          """)
  void log_probabilities_take_ollamas_form(String given, String expected) throws ModelFailure {
    // When
    ObjectNode piece =
        Json.read(
                reader(Operation.CHAT),
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":"
                    + given
                    + "}]}")
            .getFirst()
            .json();

    // Then
    assertThat(piece.path("logprobs"))
        .isEqualTo(Json.object("{\"it\":" + expected + "}").path("it"));
  }

  @Test
  void an_answer_without_done_is_closed_at_its_end() throws ModelFailure {
    // When
    List<Chunk> chunks =
        Json.read(
            reader(Operation.GENERATE),
            "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":\"stop\"}]}");

    // Then
    assertThat(texts(chunks))
        .containsExactly(
            """
            {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"a","done":false}""",
            """
            {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"stop","total_duration":0}""");
  }

  @Test
  void it_may_not_end_before_its_choice_has() throws ModelFailure {
    // Given
    ChunkReader reader = reader(Operation.GENERATE);

    // When
    Json.read(reader, "data: {\"choices\":[{\"index\":0,\"text\":\"a\"}]}");

    // Then
    assertThat(reader.mayEnd()).isFalse();
  }

  @Test
  void no_reason_is_made_up() throws ModelFailure {
    assertThat(
            Json.read(reader(Operation.CHAT), "data: [DONE]").getLast().json().has("done_reason"))
        .isFalse();
  }

  @Test
  void a_clock_that_is_set_back_measures_nothing() throws ModelFailure {
    // Given
    ChunkReader reader = reader(Operation.CHAT);
    now = START.minusSeconds(60);

    // When
    JsonNode last = Json.read(reader, "data: [DONE]").getLast().json();

    // Then
    assertThat(last.path("total_duration").longValue()).isZero();
  }

  @Test
  void errors_of_the_server_are_reported() {
    assertThatThrownBy(
            () -> Json.read(reader(Operation.CHAT), "data: {\"error\":{\"message\":\"full\"}}"))
        .hasMessage("The model server reported: full");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void pieces_give_what_the_whole_gives(long seed) throws ModelFailure {
    // Given
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    String thinking = Pieces.text(random);
    String text = Pieces.text(random);
    String arguments = "{\"a\":" + Pieces.quoted(Pieces.text(random)) + "}";
    StringBuilder lines = new StringBuilder();
    Pieces.of(thinking, random).forEach(piece -> lines.append(thought(piece)));
    Pieces.of(text, random).forEach(piece -> lines.append(said(piece)));
    Pieces.of(arguments, random).forEach(piece -> lines.append(called(piece)));

    // When
    ObjectNode pieces = collected(lines.toString());

    // Then
    assertThat(pieces)
        .as("seed %d", seed)
        .isEqualTo(collected(thought(thinking) + said(text) + called(arguments)));
    assertThat(pieces.at("/message/content").textValue()).isEqualTo(text);
  }

  private ObjectNode collected(String lines) throws ModelFailure {
    return Json.collected(
        Operation.CHAT,
        Json.read(
            reader(Operation.CHAT),
            lines
                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n"
                + "data: [DONE]"));
  }

  private static String thought(String text) {
    return delta("\"reasoning_content\":" + Pieces.quoted(text));
  }

  private static String said(String text) {
    return delta("\"content\":" + Pieces.quoted(text));
  }

  private static String called(String arguments) {
    return delta(
        "\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{\"name\":\"f\",\"arguments\":"
            + Pieces.quoted(arguments)
            + "}}]");
  }

  private static String delta(String delta) {
    return "data: {\"choices\":[{\"index\":0,\"delta\":{" + delta + "}}]}\n\n";
  }
}
