package com.sutazai.gateway.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sutazai.inference.backend.Chunk;
import com.sutazai.inference.backend.ChunkReader;
import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseEventsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ChunkReader reader = Operation.CHAT_COMPLETIONS.reader();
  private ResponseEvents response = response("{}");

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static ResponseEvents response(String request) {
    return new ResponseEvents(
        (ObjectNode) json(request), "7", "m", () -> Instant.ofEpochSecond(1_000));
  }

  private List<ObjectNode> take(String... choices) throws ModelFailure {
    List<ObjectNode> events = new ArrayList<>();
    for (String choice : choices) {
      for (Chunk chunk : reader.read(("data: {\"choices\":[" + choice + "]}").getBytes(UTF_8))) {
        events.addAll(response.take(chunk));
      }
    }
    return events;
  }

  /** All events from beginning to end, after the two that begin it. */
  private List<ObjectNode> all(String... choices) throws ModelFailure {
    response.begin();
    List<ObjectNode> events = new ArrayList<>(take(choices));
    events.addAll(response.end());
    return events;
  }

  private static String delta(String delta) {
    return "{\"index\":0,\"delta\":{" + delta + "}}";
  }

  private static String ended(String reason) {
    return "{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}";
  }

  private static List<String> types(List<ObjectNode> events) {
    return events.stream().map(event -> event.path("type").textValue()).toList();
  }

  /** One event a line, without the response that the last one holds. */
  private static void assertEvents(List<ObjectNode> events, String expected) {
    List<JsonNode> seen = new ArrayList<>();
    for (ObjectNode event : events) {
      ObjectNode each = event.deepCopy();
      each.remove("response");
      seen.add(json(each.toString()));
    }
    assertThat(seen).containsExactlyElementsOf(expected.lines().map(line -> json(line)).toList());
  }

  @Test
  void it_begins_with_the_request_and_no_output() {
    // Given
    response =
        response(
            """
            {"instructions":"Be short.","temperature":0.5,"max_output_tokens":9,"metadata":{"a":"b"},
             "tools":[{"type":"function","name":"f"}],"tool_choice":"required","parallel_tool_calls":false,
             "reasoning":{"effort":"low"},"text":{"verbosity":"low"},"user":"u"}""");

    // When
    List<ObjectNode> events = response.begin();

    // Then
    assertThat(types(events)).containsExactly("response.created", "response.in_progress");
    assertThat(events)
        .extracting(event -> event.path("sequence_number").intValue())
        .containsExactly(0, 1);
    assertThat(events.getLast().path("response")).isEqualTo(events.getFirst().path("response"));
    assertThat(json(events.getFirst().path("response").toString()))
        .isEqualTo(
            json(
                """
                {"id":"resp_7","object":"response","created_at":1000,"status":"in_progress","model":"m",
                 "background":false,"store":false,"truncation":"disabled","service_tier":"default",
                 "error":null,"incomplete_details":null,"previous_response_id":null,"max_tool_calls":null,
                 "usage":null,"output":[],"instructions":"Be short.","max_output_tokens":9,"temperature":0.5,
                 "top_p":null,"top_logprobs":null,"user":"u","safety_identifier":null,"prompt_cache_key":null,
                 "parallel_tool_calls":false,"metadata":{"a":"b"},"tools":[{"type":"function","name":"f"}],
                 "tool_choice":"required","text":{"format":{"type":"text"},"verbosity":"low"},
                 "reasoning":{"effort":"low","summary":null}}"""));
  }

  @Test
  void a_text_is_a_message_with_one_part() throws ModelFailure {
    assertEvents(
        all(
            delta("\"role\":\"assistant\",\"content\":\"\""),
            delta("\"content\":\"He\""),
            delta("\"content\":\"llo\""),
            ended("stop")),
        """
        {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_7_0","type":"message","status":"in_progress","role":"assistant","content":[]}}
        {"type":"response.content_part.added","sequence_number":3,"item_id":"msg_7_0","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}
        {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_7_0","output_index":0,"content_index":0,"delta":"He","logprobs":[]}
        {"type":"response.output_text.delta","sequence_number":5,"item_id":"msg_7_0","output_index":0,"content_index":0,"delta":"llo","logprobs":[]}
        {"type":"response.output_text.done","sequence_number":6,"item_id":"msg_7_0","output_index":0,"content_index":0,"text":"Hello","logprobs":[]}
        {"type":"response.content_part.done","sequence_number":7,"item_id":"msg_7_0","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello"}}
        {"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{"id":"msg_7_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hello"}]}}
        {"type":"response.completed","sequence_number":9}""");
  }

  @Test
  void reasoning_is_an_item_before_the_message() throws ModelFailure {
    // When
    List<ObjectNode> events =
        all(
            delta("\"reasoning_content\":\"Hm\""),
            delta("\"reasoning\":\".\""),
            delta("\"content\":\"Hi\""),
            ended("stop"));

    // Then
    assertEvents(
        events.subList(0, 7),
        """
        {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_7_0","type":"reasoning","status":"in_progress","summary":[],"content":[]}}
        {"type":"response.content_part.added","sequence_number":3,"item_id":"rs_7_0","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":""}}
        {"type":"response.reasoning_text.delta","sequence_number":4,"item_id":"rs_7_0","output_index":0,"content_index":0,"delta":"Hm"}
        {"type":"response.reasoning_text.delta","sequence_number":5,"item_id":"rs_7_0","output_index":0,"content_index":0,"delta":"."}
        {"type":"response.reasoning_text.done","sequence_number":6,"item_id":"rs_7_0","output_index":0,"content_index":0,"text":"Hm."}
        {"type":"response.content_part.done","sequence_number":7,"item_id":"rs_7_0","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"Hm."}}
        {"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{"id":"rs_7_0","type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]}}""");
    assertThat(response.response().path("output")).hasSize(2);
    assertThat(response.response().at("/output/1/content/0/text").textValue()).isEqualTo("Hi");
  }

  @Test
  void function_calls_are_items_that_end_together() throws ModelFailure {
    assertEvents(
        all(
            delta(
                """
                "tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]"""),
            delta("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]"),
            delta(
                """
                "tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]"""),
            delta("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]"),
            ended("tool_calls")),
        """
        {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"fc_7_0","type":"function_call","status":"in_progress","call_id":"a","name":"f","arguments":""}}
        {"type":"response.function_call_arguments.delta","sequence_number":3,"item_id":"fc_7_0","output_index":0,"delta":"{"}
        {"type":"response.output_item.added","sequence_number":4,"output_index":1,"item":{"id":"fc_7_1","type":"function_call","status":"in_progress","call_id":"b","name":"g","arguments":""}}
        {"type":"response.function_call_arguments.delta","sequence_number":5,"item_id":"fc_7_1","output_index":1,"delta":"{}"}
        {"type":"response.function_call_arguments.delta","sequence_number":6,"item_id":"fc_7_0","output_index":0,"delta":"}"}
        {"type":"response.function_call_arguments.done","sequence_number":7,"item_id":"fc_7_0","output_index":0,"name":"f","arguments":"{}"}
        {"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{"id":"fc_7_0","type":"function_call","status":"completed","call_id":"a","name":"f","arguments":"{}"}}
        {"type":"response.function_call_arguments.done","sequence_number":9,"item_id":"fc_7_1","output_index":1,"name":"g","arguments":"{}"}
        {"type":"response.output_item.done","sequence_number":10,"output_index":1,"item":{"id":"fc_7_1","type":"function_call","status":"completed","call_id":"b","name":"g","arguments":"{}"}}
        {"type":"response.completed","sequence_number":11}""");
  }

  @Test
  void calls_without_index_or_identifier_are_told_apart_and_named() throws ModelFailure {
    // When
    all(
        delta("\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}]"),
        delta("\"tool_calls\":[{\"function\":{\"arguments\":\"2\"}}]"),
        delta("\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"3\"}}]"));

    // Then
    assertThat(response.response().path("output"))
        .isEqualTo(
            json(
                """
                [{"id":"fc_7_0","type":"function_call","status":"completed","call_id":"call_fc_7_0","name":"f","arguments":"12"},
                 {"id":"fc_7_1","type":"function_call","status":"completed","call_id":"b","name":"g","arguments":"3"}]"""));
  }

  @Test
  void a_refusal_is_a_part_of_its_own() throws ModelFailure {
    // When
    List<ObjectNode> events =
        all(delta("\"content\":\"Well\""), delta("\"refusal\":\"No\""), ended("stop"));

    // Then
    assertThat(types(events))
        .containsExactly(
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.content_part.added",
            "response.refusal.delta",
            "response.refusal.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    assertThat(response.response().at("/output/0/content/1"))
        .isEqualTo(json("{\"type\":\"refusal\",\"refusal\":\"No\"}"));
  }

  @Test
  void log_probabilities_go_with_their_text() throws ModelFailure {
    // When
    List<ObjectNode> events =
        all(
            """
            {"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1}]}}""",
            """
            {"index":0,"delta":{"content":"b"},"logprobs":{"content":[{"token":"b","logprob":-2}]}}""");

    // Then
    assertThat(events.get(3).path("logprobs"))
        .isEqualTo(json("[{\"token\":\"b\",\"logprob\":-2}]"));
    assertThat(response.response().at("/output/0/content/0/logprobs"))
        .isEqualTo(json("[{\"token\":\"a\",\"logprob\":-1},{\"token\":\"b\",\"logprob\":-2}]"));
  }

  @ParameterizedTest
  @CsvSource({"length, max_output_tokens", "content_filter, content_filter"})
  void an_answer_that_was_cut_is_incomplete(String finished, String reason) throws ModelFailure {
    // When
    List<ObjectNode> events = all(delta("\"content\":\"a\""), ended(finished));

    // Then
    assertThat(types(events)).endsWith("response.output_item.done", "response.incomplete");
    assertThat(response.response().path("status").textValue()).isEqualTo("incomplete");
    assertThat(response.response().at("/output/0/status").textValue()).isEqualTo("incomplete");
    assertThat(response.response().at("/incomplete_details/reason").textValue()).isEqualTo(reason);
    assertThat(response.response().has("completed_at")).isFalse();
  }

  @Test
  void only_the_last_call_of_an_answer_that_was_cut_is_incomplete() throws ModelFailure {
    // When
    all(
        delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\"}}]"),
        delta("\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\"}}]"),
        ended("length"));

    // Then
    assertThat(response.response().path("output"))
        .extracting(item -> item.path("status").textValue())
        .containsExactly("completed", "incomplete");
  }

  @Test
  void a_failure_tells_its_reason_and_what_there_was() throws ModelFailure {
    // Given
    response.begin();
    take(delta("\"content\":\"a\""));

    // When
    List<ObjectNode> events = response.fail("server_error", "The model server is gone.");

    // Then
    assertThat(types(events)).containsExactly("response.failed");
    JsonNode failed = events.getFirst().path("response");
    assertThat(failed.path("status").textValue()).isEqualTo("failed");
    assertThat(failed.path("error"))
        .isEqualTo(json("{\"code\":\"server_error\",\"message\":\"The model server is gone.\"}"));
    assertThat(failed.at("/output/0/status").textValue()).isEqualTo("incomplete");
    assertThat(failed.at("/output/0/content/0/text").textValue()).isEqualTo("a");
  }

  @Test
  void usage_is_told_in_the_names_of_a_response() throws ModelFailure {
    // Given
    response.begin();

    // When
    for (Chunk chunk :
        reader.read(
            """
            data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}"""
                .getBytes(UTF_8))) {
      response.take(chunk);
    }
    response.end();

    // Then
    assertThat(json(response.response().path("usage").toString()))
        .isEqualTo(
            json(
                """
                {"input_tokens":9,"output_tokens":3,"total_tokens":12,
                 "input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":1}}"""));
    assertThat(response.response().path("completed_at").longValue()).isEqualTo(1000);
  }

  @Test
  void what_was_not_counted_is_null() throws ModelFailure {
    // When
    all(delta("\"content\":\"a\""));

    // Then
    assertThat(response.response().path("usage").isNull()).isTrue();
  }

  @Test
  void its_size_is_the_text_that_it_holds() throws ModelFailure {
    // When
    all(
        delta("\"content\":\"four\",\"reasoning\":\"five5\""),
        delta("\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]"));

    // Then
    assertThat(response.size()).isEqualTo(4 + 5 + 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void pieces_give_what_the_whole_gives(long seed) throws ModelFailure {
    // Given
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<String> whole = new ArrayList<>();
    List<String> pieces = new ArrayList<>();
    for (String before :
        List.of(
            "\"reasoning_content\":",
            "\"content\":",
            "\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":")) {
      String after = before.endsWith("arguments\":") ? "}}]" : "";
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(1, 9); i > 0; i--) {
        String piece = "x\"\n".repeat(random.nextInt(1, 4));
        pieces.add(delta(before + TextNode.valueOf(piece) + after));
        text.append(piece);
      }
      whole.add(delta(before + TextNode.valueOf(text.toString()) + after));
    }

    // When
    List<ObjectNode> events = all(pieces.toArray(String[]::new));
    ObjectNode fromPieces = response.response();

    // Then
    response = response("{}");
    all(whole.toArray(String[]::new));
    assertThat(fromPieces).as("seed %d", seed).isEqualTo(response.response());
    assertThat(events)
        .extracting(event -> event.path("sequence_number").intValue())
        .isSorted()
        .doesNotHaveDuplicates();
  }
}
