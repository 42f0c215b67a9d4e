package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiCollectorTest {

  private static ObjectNode collected(String... pieces) throws ModelFailure {
    StringBuilder lines = new StringBuilder();
    for (String piece : pieces) {
      lines.append("data: ").append(piece.strip().replace("\n", "")).append("\n\n");
    }
    return Json.collected(
        Operation.CHAT_COMPLETIONS,
        Json.read(Operation.CHAT_COMPLETIONS.reader(), lines + "data: [DONE]\n"));
  }

  private static ObjectNode message(String... deltas) throws ModelFailure {
    List<String> pieces = new ArrayList<>();
    for (String delta : deltas) {
      pieces.add("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}");
    }
    return (ObjectNode) collected(pieces.toArray(String[]::new)).at("/choices/0/message");
  }

  @Test
  void a_chat_answer_is_put_together() throws ModelFailure {
    assertThat(
            collected(
                """
                {"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[{"index":0,"delta":{"role":"assistant","content":null},"logprobs":null,"finish_reason":null}],"usage":null}""",
                """
                {"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[{"index":0,"delta":{"content":"He"},"logprobs":{"content":[{"token":"He","logprob":-1}],"refusal":null},"finish_reason":null}],"usage":null}""",
                """
                {"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[{"index":0,"delta":{"content":"llo"},"logprobs":{"content":[{"token":"llo","logprob":-2}],"refusal":null},"finish_reason":null}],"usage":null}""",
                """
                {"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""",
                """
                {"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11},"timings":{"predicted_ms":1.5}}"""))
        .isEqualTo(
            Json.object(
                """
                {"id":"c-1","object":"chat.completion","created":7,"model":"m","system_fingerprint":"b1",
                 "choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},
                   "logprobs":{"content":[{"token":"He","logprob":-1},{"token":"llo","logprob":-2}],"refusal":null},
                   "finish_reason":"stop"}],
                 "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11},
                 "timings":{"predicted_ms":1.5}}"""));
  }

  @Test
  void choices_are_told_apart_by_their_index() throws ModelFailure {
    assertThat(
            collected(
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}",
                """
                {"choices":[{"index":0,"delta":{"content":"A"},"finish_reason":"stop"},
                            {"index":1,"delta":{"content":"B"},"finish_reason":"length"}]}"""))
        .isEqualTo(
            Json.object(
                """
                {"choices":[
                  {"index":0,"message":{"role":"assistant","content":"aA"},"finish_reason":"stop"},
                  {"index":1,"message":{"role":"assistant","content":"bB"},"finish_reason":"length"}]}"""));
  }

  @Test
  void completions_of_several_prompts_are_put_together() throws ModelFailure {
    assertThat(
            collected(
                """
                {"object":"text_completion","choices":[{"index":0,"text":"a","logprobs":
                  {"tokens":["a"],"token_logprobs":[-1],"top_logprobs":[{"a":-1}],"text_offset":[0]}}]}""",
                """
                {"object":"text_completion","choices":[{"index":1,"text":"b","logprobs":null}]}""",
                """
                {"object":"text_completion","choices":[{"index":0,"text":"A","finish_reason":"length","logprobs":
                  {"tokens":["A"],"token_logprobs":[-2],"top_logprobs":[{"A":-2}],"text_offset":[1]}}]}""",
                """
                {"object":"text_completion","choices":[{"index":1,"text":"","finish_reason":"stop"}]}"""))
        .isEqualTo(
            Json.object(
                """
                {"object":"text_completion","choices":[
                  {"index":0,"text":"aA","finish_reason":"length","logprobs":
                    {"tokens":["a","A"],"token_logprobs":[-1,-2],"top_logprobs":[{"a":-1},{"A":-2}],"text_offset":[0,1]}},
                  {"index":1,"text":"b","logprobs":null,"finish_reason":"stop"}]}"""));
  }

  @Test
  void tool_calls_are_put_together_by_their_index() throws ModelFailure {
    assertThat(
            message(
                """
                {"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}""",
                """
                {"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\\"a\\""}}]}""",
                """
                {"tool_calls":[{"index":1,"id":"call_2","function":{"name":"g","arguments":"{}"}},
                               {"index":0,"id":"","type":null,"function":{"name":null,"arguments":":1}"}}]}"""))
        .isEqualTo(
            Json.object(
                """
                {"role":"assistant","content":null,"tool_calls":[
                  {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                  {"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]}"""));
  }

  @Test
  void tool_calls_without_an_index_begin_with_a_new_id() throws ModelFailure {
    assertThat(
            message(
                    "{\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}",
                    "{\"tool_calls\":[{\"function\":{\"arguments\":\"}\"}}]}",
                    "{\"tool_calls\":[{\"id\":\"2\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]}")
                .path("tool_calls"))
        .isEqualTo(
            Json.object(
                    """
                    {"tool_calls":[
                      {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},
                      {"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]}""")
                .path("tool_calls"));
  }

  @Test
  void reasoning_refusals_function_calls_and_fields_of_tomorrow_are_kept() throws ModelFailure {
    assertThat(
            message(
                """
                {"role":"assistant","content":"","reasoning_content":"a","reasoning":"c","refusal":null,"mood":"ha"}""",
                """
                {"role":"assistant","reasoning_content":"b","reasoning":"d","refusal":"no","mood":"ppy","level":1}""",
                """
                {"refusal":"!","level":2,"function_call":{"name":"f","arguments":"{"}}""",
                """
                {"function_call":{"arguments":"}"},"level":null}"""))
        .isEqualTo(
            Json.object(
                """
                {"role":"assistant","content":"","reasoning_content":"ab","reasoning":"cd","refusal":"no!",
                 "mood":"happy","level":2,"function_call":{"name":"f","arguments":"{}"}}"""));
  }

  @Test
  void an_answer_that_came_whole_stays_as_it_is() throws ModelFailure {
    // Given
    String whole =
        """
        {"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}""";

    // When / Then
    assertThat(collected(whole)).isEqualTo(Json.object(whole));
  }

  @Test
  void its_size_is_the_text_that_it_holds() throws ModelFailure {
    // Given
    Collector collector = Operation.CHAT_COMPLETIONS.collector();

    // When
    for (Chunk chunk :
        Json.read(
            Operation.CHAT_COMPLETIONS.reader(),
            """
            data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"four"}}]}
            data: {"id":"c","choices":[{"index":0,"delta":{"reasoning":"five5"}}]}
            data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]}}]}
            data: [DONE]""")) {
      collector.add(chunk);
    }

    // Then
    assertThat(collector.size()).isEqualTo(4 + 5 + 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void pieces_give_what_the_whole_gives(long seed) throws ModelFailure {
    // Given
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<List<String>> ways = new ArrayList<>();
    StringBuilder whole = new StringBuilder();
    for (int index = 0; index < 3; index++) {
      for (String field : List.of("\"content\":", "\"reasoning\":", "")) {
        String text = Pieces.text(random);
        List<String> way = new ArrayList<>();
        for (String piece : Pieces.of(text, random)) {
          way.add(choice(index, field, piece));
        }
        ways.add(way);
        whole.append(whole.isEmpty() ? "" : ",").append(choice(index, field, text));
      }
    }

    // When
    ObjectNode pieces = collected(shuffled(ways, random));

    // Then
    assertThat(pieces).as("seed %d", seed).isEqualTo(collected("{\"choices\":[" + whole + "]}"));
  }

  /** A piece of a text, or of a tool call's arguments where no field is named. */
  private static String choice(int index, String field, String piece) {
    String delta =
        field.isEmpty()
            ? "\"tool_calls\":[{\"index\":0,\"id\":\"i\",\"function\":{\"name\":\"f\",\"arguments\":"
                + Pieces.quoted(piece)
                + "}}]"
            : field + Pieces.quoted(piece);
    return "{\"index\":" + index + ",\"delta\":{\"role\":\"assistant\"," + delta + "}}";
  }

  private static String[] shuffled(List<List<String>> ways, RandomGenerator random) {
    List<String> pieces = new ArrayList<>();
    List<List<String>> open = new ArrayList<>(ways);
    while (!open.isEmpty()) {
      List<String> way = open.get(random.nextInt(open.size()));
      if (way.isEmpty()) {
        open.remove(way);
      } else {
        pieces.add("{\"choices\":[" + way.removeFirst() + "]}");
      }
    }
    return pieces.toArray(String[]::new);
  }
}
