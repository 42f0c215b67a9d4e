package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaCollectorTest {

  private static ObjectNode collected(Operation operation, String lines) throws ModelFailure {
    return Json.collected(operation, Json.read(operation.reader(), lines));
  }

  @Test
  void a_generated_text_is_put_together() throws ModelFailure {
    assertThat(
            collected(
                Operation.GENERATE,
                """
                {"model":"m","created_at":"2026-01-01T00:00:00Z","response":"","thinking":"Hm","done":false}
                {"model":"m","created_at":"2026-01-01T00:00:01Z","response":"","thinking":"m.","done":false}
                {"model":"m","created_at":"2026-01-01T00:00:02Z","response":"The","done":false}
                {"model":"m","created_at":"2026-01-01T00:00:03Z","response":" sky","done":false}
                {"model":"m","created_at":"2026-01-01T00:00:04Z","response":"","done":true,"done_reason":"stop","context":[1,2,3],"total_duration":9,"load_duration":1,"prompt_eval_count":26,"prompt_eval_duration":2,"eval_count":5,"eval_duration":3}"""))
        .isEqualTo(
            Json.object(
                """
                {"model":"m","created_at":"2026-01-01T00:00:04Z","response":"The sky",
                 "thinking":"Hmm.","done":true,"done_reason":"stop","context":[1,2,3],
                 "total_duration":9,"load_duration":1,"prompt_eval_count":26,
                 "prompt_eval_duration":2,"eval_count":5,"eval_duration":3}"""));
  }

  @Test
  void a_message_its_tool_calls_and_log_probabilities_are_put_together() throws ModelFailure {
    assertThat(
            collected(
                Operation.CHAT,
                """
                {"message":{"role":"assistant","content":"","thinking":"a"},"done":false}
                {"message":{"role":"assistant","content":"x"},"logprobs":[{"token":"x","logprob":-1}],"done":false}
                {"message":{"role":"assistant","content":"y"},"logprobs":[{"token":"y","logprob":-2}],"done":false}
                {"message":{"role":"assistant","content":"","tool_calls":[{"function":{"index":0,"name":"f","arguments":{"a":1}}}]},"done":false}
                {"message":{"role":"assistant","content":"","tool_calls":[{"function":{"index":1,"name":"g","arguments":{}}}]},"done":false}
                {"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}"""))
        .isEqualTo(
            Json.object(
                """
                {"message":{"role":"assistant","content":"xy","thinking":"a","tool_calls":[
                   {"function":{"index":0,"name":"f","arguments":{"a":1}}},
                   {"function":{"index":1,"name":"g","arguments":{}}}]},
                 "logprobs":[{"token":"x","logprob":-1},{"token":"y","logprob":-2}],
                 "done":true,"done_reason":"stop"}"""));
  }

  @Test
  void its_size_is_the_text_that_it_holds() throws ModelFailure {
    // Given
    Collector collector = Operation.CHAT.collector();

    // When
    for (Chunk chunk :
        Json.read(
            Operation.CHAT.reader(),
            """
            {"message":{"role":"assistant","content":"four","thinking":"five5"},"done":false}
            {"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f"}}]},"done":false}
            {"message":{"role":"assistant","content":""},"done":true}""")) {
      collector.add(chunk);
    }

    // Then
    assertThat(collector.size()).isEqualTo(4 + 5 + 1);
  }

  @Test
  void the_pieces_stay_as_they_are() throws ModelFailure {
    // Given
    List<Chunk> chunks =
        Json.read(
            Operation.CHAT.reader(),
            """
            {"message":{"content":"a","tool_calls":[{"function":{"name":"f"}}]},"logprobs":[{"token":"a"}],"done":false}
            {"message":{"content":"b","tool_calls":[{"function":{"name":"g"}}]},"logprobs":[{"token":"b"}],"done":true}""");
    List<ObjectNode> before = chunks.stream().map(chunk -> chunk.json().deepCopy()).toList();

    // When
    Json.collected(Operation.CHAT, chunks);

    // Then
    assertThat(Json.objects(chunks)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void pieces_give_what_the_whole_gives(long seed) throws ModelFailure {
    // Given
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    String text = Pieces.text(random);
    String thinking = Pieces.text(random);
    StringBuilder lines = new StringBuilder();
    for (String piece : Pieces.of(thinking, random)) {
      lines.append(line("\"content\":\"\",\"thinking\":" + Pieces.quoted(piece), false));
    }
    for (String piece : Pieces.of(text, random)) {
      lines.append(line("\"content\":" + Pieces.quoted(piece), false));
    }
    lines.append(line("\"content\":\"\"", true));

    // When
    ObjectNode pieces = collected(Operation.CHAT, lines.toString().strip());

    // Then
    assertThat(pieces)
        .as("seed %d", seed)
        .isEqualTo(
            collected(
                Operation.CHAT,
                line(
                        "\"content\":"
                            + Pieces.quoted(text)
                            + ",\"thinking\":"
                            + Pieces.quoted(thinking),
                        true)
                    .strip()));
  }

  private static String line(String message, boolean done) {
    return "{\"message\":{\"role\":\"assistant\"," + message + "},\"done\":" + done + "}\n";
  }
}
