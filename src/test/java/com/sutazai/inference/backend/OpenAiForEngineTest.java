package com.sutazai.inference.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.platform.error.ProblemException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiForEngineTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

  private static Wire wire(Operation operation, String asked) throws Exception {
    return OpenAiForEngine.wire(operation, (ObjectNode) JSON.readTree(asked), "chain", CLOCK);
  }

  private static List<Chunk> read(Wire wire, String... lines) throws Exception {
    List<Chunk> chunks = new ArrayList<>();
    for (String line : lines) {
      chunks.addAll(wire.reader().read(line.getBytes(UTF_8)));
    }
    return chunks;
  }

  @Test
  void a_chat_is_asked_in_ollama_s_words() throws Exception {
    // When
    Wire wire =
        wire(
            Operation.CHAT_COMPLETIONS,
            """
            {"messages":[{"role":"developer","content":"Be short"},
              {"role":"user","content":[{"type":"text","text":"the "},{"type":"text","text":"quick"}]}],
             "max_completion_tokens":7,"temperature":0,"stop":["x"],"seed":3,
             "response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object"}}}}\
            """);

    // Then
    assertThat(wire.path()).isEqualTo("/api/chat");
    assertThat(wire.body())
        .isEqualTo(
            JSON.readTree(
                """
                {"model":"chain","stream":true,"format":{"type":"object"},
                 "options":{"temperature":0,"top_p":1,"stop":["x"],"seed":3,"num_predict":7},
                 "messages":[{"role":"system","content":"Be short"},
                   {"role":"user","content":"the quick"}]}\
                """));
  }

  @Test
  void a_completion_continues_the_prompt_as_it_is() throws Exception {
    // When
    Wire wire = wire(Operation.COMPLETIONS, "{\"prompt\":\"the quick\",\"temperature\":0.5}");

    // Then
    assertThat(wire.path()).isEqualTo("/api/generate");
    assertThat(wire.body().path("raw").asBoolean()).isTrue();
    assertThat(wire.body().path("prompt").asText()).isEqualTo("the quick");
  }

  @Test
  void an_answer_is_read_as_a_stream_of_openai_s() throws Exception {
    // Given
    Wire wire = wire(Operation.CHAT_COMPLETIONS, "{\"messages\":[]}");

    // When
    List<Chunk> chunks =
        read(
            wire,
            "{\"message\":{\"role\":\"assistant\",\"content\":\" brown\"},\"done\":false}",
            "{\"message\":{\"role\":\"assistant\",\"content\":\" fox\"},\"done\":false}",
            "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
                + "\"done_reason\":\"length\",\"prompt_eval_count\":3,\"eval_count\":2}");

    // Then
    JsonNode first = chunks.getFirst().json();
    assertThat(first.at("/choices/0/delta"))
        .isEqualTo(JSON.readTree("{\"role\":\"assistant\",\"content\":\" brown\"}"));
    assertThat(first.path("created").asLong()).isEqualTo(1_700_000_000);
    assertThat(chunks.get(1).json().at("/choices/0/delta/content").asText()).isEqualTo(" fox");
    assertThat(chunks.get(2).json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
    assertThat(chunks.get(3).usage()).isEqualTo(Usage.of(3, 2));
    assertThat(chunks.get(4).last()).isTrue();
    assertThat(chunks).hasSize(5);
  }

  @Test
  void embeddings_come_as_numbers_or_packed() throws Exception {
    // Given
    String answer = "{\"embeddings\":[[1.0,0.0]],\"prompt_eval_count\":4}";

    // When
    Wire plain = wire(Operation.EMBEDDINGS, "{\"input\":\"a\"}");
    Wire packed = wire(Operation.EMBEDDINGS, "{\"input\":\"a\",\"encoding_format\":\"base64\"}");

    // Then
    assertThat(plain.path()).isEqualTo("/api/embed");
    JsonNode read = read(plain, answer).getFirst().json();
    assertThat(read.at("/data/0/embedding/0").asDouble()).isEqualTo(1);
    assertThat(read.at("/usage/prompt_tokens").asLong()).isEqualTo(4);
    assertThat(read(packed, answer).getFirst().json().at("/data/0/embedding").asText())
        .isEqualTo("AACAPwAAAAA=");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"messages\":[],\"tools\":[{}]}|tools",
        "{\"messages\":[],\"logprobs\":true}|logprobs",
        "{\"messages\":[],\"n\":2}|n",
        "{\"messages\":[],\"response_format\":{\"type\":\"grammar\"}}|response_format.type",
        "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}|messages[0].tool_calls",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}|messages[0].content",
      })
  void what_the_engine_cannot_do_is_refused_by_its_field(String asked, String field) {
    assertThatThrownBy(() -> wire(Operation.CHAT_COMPLETIONS, asked))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(field);
  }
}
