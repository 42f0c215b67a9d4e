package com.sutazai.inference.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.inference.backend.OllamaOverOpenAi.Asked;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaOverOpenAiTest {
  private static final String STREAMED =
      ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}";

  private static Asked ask(Operation operation, String body) {
    return OllamaOverOpenAi.request(operation, Json.object(body));
  }

  private static ObjectNode asked(Operation operation, String body) {
    Asked asked = ask(operation, body);
    assertThat(asked.refused()).isEmpty();
    return asked.body();
  }

  private static JsonNode messages(String messages) {
    return asked(Operation.CHAT, "{\"messages\":" + messages + "}").path("messages");
  }

  private static JsonNode array(String text) {
    return Json.object("{\"it\":" + text + "}").path("it");
  }

  @Test
  void a_prompt_becomes_a_chat() {
    // When
    Asked asked =
        ask(
            Operation.GENERATE,
            """
            {"model":"m","system":"Be short.","prompt":"Hi","stream":false,"keep_alive":"5m",
             "truncate":true,"context":[]}""");

    // Then
    assertThat(asked.operation()).isEqualTo(Operation.CHAT_COMPLETIONS);
    assertThat(asked.refused()).isEmpty();
    assertThat(asked.body())
        .isEqualTo(
            Json.object(
                """
                {"model":"m","messages":[
                  {"role":"system","content":"Be short."},
                  {"role":"user","content":"Hi"}]"""
                    + STREAMED));
  }

  @Test
  void a_raw_prompt_becomes_a_completion() {
    // When
    Asked asked =
        ask(
            Operation.GENERATE,
            """
            {"model":"m","prompt":"Once","raw":true,"think":false,"logprobs":true,"top_logprobs":3,
             "options":{"num_predict":5}}""");

    // Then
    assertThat(asked.operation()).isEqualTo(Operation.COMPLETIONS);
    assertThat(asked.refused()).isEmpty();
    assertThat(asked.body())
        .isEqualTo(
            Json.object(
                "{\"model\":\"m\",\"prompt\":\"Once\",\"logprobs\":3,\"max_tokens\":5" + STREAMED));
  }

  @Test
  void a_suffix_becomes_a_completion() {
    // When
    Asked asked = ask(Operation.GENERATE, "{\"prompt\":\"def f(\",\"suffix\":\"return 1\"}");

    // Then
    assertThat(asked.operation()).isEqualTo(Operation.COMPLETIONS);
    assertThat(asked.body())
        .isEqualTo(Json.object("{\"prompt\":\"def f(\",\"suffix\":\"return 1\"" + STREAMED));
  }

  @Test
  void one_log_probability_is_the_least_that_a_completion_can_ask_for() {
    assertThat(
            asked(Operation.GENERATE, "{\"prompt\":\"a\",\"raw\":true,\"logprobs\":true}")
                .path("logprobs")
                .intValue())
        .isEqualTo(1);
  }

  @Test
  void a_completions_format_has_both_servers_names() {
    assertThat(
            asked(
                Operation.GENERATE,
                "{\"prompt\":\"a\",\"raw\":true,\"format\":{\"type\":\"array\"}}"))
        .isEqualTo(
            Json.object(
                """
                {"prompt":"a","json_schema":{"type":"array"},"response_format":{"type":"json_schema",
                  "json_schema":{"name":"answer","strict":true,"schema":{"type":"array"}}}"""
                    + STREAMED));
    assertThat(
            asked(Operation.GENERATE, "{\"prompt\":\"a\",\"raw\":true,\"format\":\"json\"}")
                .path("json_schema"))
        .isEqualTo(Json.object("{\"type\":\"object\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"template":"{{ .Prompt }}"}                | template
          {"context":[1,2]}                           | context
          {"raw":true,"system":"s"}                   | system
          {"raw":true,"images":["aGk="]}              | images
          {"suffix":"s","think":"low"}                | think
          {"raw":true,"think":true}                   | think
          {"format":"yaml"}                           | format
          {"format":[]}                               | format
          {"think":1}                                 | think
          {"options":[]}                              | options
          {"options":{"num_ctx":1}}                   | options.num_ctx
          {"options":{"num_thread":1}}                | options.num_thread
          {"options":{"use_mmap":true}}               | options.use_mmap
          {"options":{"num_keep":1}}                  | options.num_keep
          {"options":{"penalize_newline":true}}       | options.penalize_newline
          {"images":["aGVsbG8gd29ybGQsIGhlbGxv"]}     | images[0]
          {"images":["aGk="]}                         | images[0]
          {"images":["?????????????????????"]}        | images[0]
          {"images":[{"a":"b"}]}                      | images[0]
          """)
  void what_cannot_be_asked_is_refused_by_name(String body, String field) {
    assertThat(ask(Operation.GENERATE, body).refused())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.field()).isEqualTo(field);
              assertThat(refusal.reason()).isNotBlank();
            });
  }

  @Test
  void sampling_options_go_by_the_servers_names() {
    assertThat(
            asked(
                Operation.CHAT,
                """
                {"messages":[],"options":{
                  "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"typical_p":0.7,"seed":1,
                  "stop":["a"],"num_predict":10,"presence_penalty":0.2,"frequency_penalty":0.3,
                  "repeat_penalty":1.1,"repeat_last_n":64,"mirostat":2,"mirostat_tau":5,
                  "mirostat_eta":0.1,"num_ctx":null}}"""))
        .isEqualTo(
            Json.object(
                """
                {"messages":[],
                  "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"typical_p":0.7,"seed":1,
                  "stop":["a"],"max_tokens":10,"presence_penalty":0.2,"frequency_penalty":0.3,
                  "repeat_penalty":1.1,"repetition_penalty":1.1,"repeat_last_n":64,"mirostat":2,
                  "mirostat_tau":5,"mirostat_eta":0.1"""
                    + STREAMED));
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, -1, 0})
  void no_limit_is_said_by_leaving_it_out(int limit) {
    assertThat(
            asked(Operation.CHAT, "{\"messages\":[],\"options\":{\"num_predict\":" + limit + "}}")
                .has("max_tokens"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "format":"json"   | "response_format":{"type":"json_object"}
          "format":""       |
          "format":null     |
          "format":{"type":"object"} | "response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}}
          "think":true      | "chat_template_kwargs":{"enable_thinking":true}
          "think":false     | "chat_template_kwargs":{"enable_thinking":false}
          "think":null      |
          "think":"high"    | "reasoning_effort":"high","chat_template_kwargs":{"enable_thinking":true,"reasoning_effort":"high"}
          "logprobs":true   | "logprobs":true
          "logprobs":true,"top_logprobs":2 | "logprobs":true,"top_logprobs":2
          "logprobs":false,"top_logprobs":2 |
          "tools":[{"type":"function","function":{"name":"f"}}] | "tools":[{"type":"function","function":{"name":"f"}}]
          "tools":[]        |
          """)
  void fields_of_a_chat_are_translated(String given, String expected) {
    assertThat(asked(Operation.CHAT, "{\"messages\":[]," + given + "}"))
        .isEqualTo(
            Json.object("{\"messages\":[]" + (expected == null ? "" : "," + expected) + STREAMED));
  }

  @Test
  void tool_calls_and_their_answers_are_tied_by_made_up_identifiers() {
    assertThat(
            messages(
                """
                [{"role":"user","content":"Weather?"},
                 {"role":"assistant","content":"","thinking":"Two towns.","tool_calls":[
                   {"function":{"name":"weather","arguments":{"town":"Rome"}}},
                   {"function":{"name":"time","arguments":{}}},
                   {"function":{"name":"weather","arguments":{"town":"Oslo"}}}]},
                 {"role":"tool","tool_name":"time","content":"noon"},
                 {"role":"tool","tool_name":"weather","content":"hot"},
                 {"role":"tool","content":"cold"},
                 {"role":"tool","tool_name":"unasked","content":"?"}]"""))
        .isEqualTo(
            array(
                """
                [{"role":"user","content":"Weather?"},
                 {"role":"assistant","content":"","reasoning_content":"Two towns.","tool_calls":[
                   {"id":"call00001","type":"function","function":{"name":"weather","arguments":"{\\"town\\":\\"Rome\\"}"}},
                   {"id":"call00002","type":"function","function":{"name":"time","arguments":"{}"}},
                   {"id":"call00003","type":"function","function":{"name":"weather","arguments":"{\\"town\\":\\"Oslo\\"}"}}]},
                 {"role":"tool","content":"noon","tool_call_id":"call00002","name":"time"},
                 {"role":"tool","content":"hot","tool_call_id":"call00001","name":"weather"},
                 {"role":"tool","content":"cold","tool_call_id":"call00003"},
                 {"role":"tool","content":"?","tool_call_id":"call00004","name":"unasked"}]"""));
  }

  @Test
  void identifiers_that_are_given_are_kept() {
    assertThat(
            messages(
                """
                [{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},
                                                   {"id":"b","function":{"name":"f"}}]},
                 {"role":"tool","tool_call_id":"b","content":"1"},
                 {"role":"tool","tool_name":"f","content":"2"},
                 {"role":"tool","tool_call_id":"z","content":"3"}]"""))
        .isEqualTo(
            array(
                """
                [{"role":"assistant","content":null,"tool_calls":[
                   {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
                   {"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},
                 {"role":"tool","content":"1","tool_call_id":"b"},
                 {"role":"tool","content":"2","tool_call_id":"a","name":"f"},
                 {"role":"tool","content":"3","tool_call_id":"z"}]"""));
  }

  @ParameterizedTest
  @CsvSource({
    "iVBORw0KGgoAAAANSUhEUg==, image/png",
    "/9j/4AAQSkZJRgABAQEASA==, image/jpeg",
    "R0lGODlhAQABAIAAAAAAAA==, image/gif",
    "UklGRiQAAABXRUJQVlA4IA==, image/webp"
  })
  void images_are_told_by_their_first_bytes(String image, String type) {
    assertThat(
            messages("[{\"role\":\"user\",\"content\":\"What?\",\"images\":[\"" + image + "\"]}]"))
        .isEqualTo(
            array(
                "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What?\"},"
                    + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:"
                    + type
                    + ";base64,"
                    + image
                    + "\"}}]}]"));
  }

  @Test
  void images_of_a_prompt_go_with_it() {
    assertThat(
            asked(Operation.GENERATE, "{\"images\":[\"iVBORw0KGgoAAAANSUhEUg==\"]}")
                .path("messages"))
        .isEqualTo(
            array(
                """
                [{"role":"user","content":[{"type":"image_url","image_url":
                  {"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}}]}]"""));
  }

  @Test
  void parts_of_messages_are_refused_with_their_place() {
    assertThat(
            ask(
                    Operation.CHAT,
                    """
                    {"messages":[7,{"role":"user","content":"a","images":["iVBORw0KGgoAAAANSUhEUg==","xx"]}]}""")
                .refused())
        .extracting(Refusal::field)
        .containsExactly("messages[0]", "messages[1].images[1]");
  }

  @Test
  void embeddings_are_asked_for_with_input_and_dimensions() {
    // When
    Asked asked =
        ask(
            Operation.EMBED,
            """
            {"model":"m","input":["a","b"],"dimensions":64,"truncate":false,"keep_alive":0,
             "options":{"temperature":0}}""");

    // Then
    assertThat(asked.operation()).isEqualTo(Operation.EMBEDDINGS);
    assertThat(asked.refused()).isEmpty();
    assertThat(asked.body())
        .isEqualTo(Json.object("{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"dimensions\":64}"));
  }

  @Test
  void embeddings_refuse_options_of_the_loaded_model() {
    assertThat(ask(Operation.EMBED, "{\"input\":\"a\",\"options\":{\"num_ctx\":8}}").refused())
        .extracting(Refusal::field)
        .containsExactly("options.num_ctx");
  }

  @Test
  void the_request_stays_as_it_is() {
    // Given
    ObjectNode body =
        Json.object(
            """
            {"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f"}}]}],
             "tools":[{"type":"function"}],"format":{"type":"object"},"options":{"stop":["a"]}}""");
    ObjectNode before = body.deepCopy();

    // When
    OllamaOverOpenAi.request(Operation.CHAT, body);

    // Then
    assertThat(body).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(names = {"COMPLETIONS", "CHAT_COMPLETIONS", "EMBEDDINGS"})
  void only_ollamas_operations_are_translated(Operation operation) {
    assertThatThrownBy(() -> ask(operation, "{}")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> OllamaOverOpenAi.reader(operation, "m", InstantSource.fixed(Instant.EPOCH)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
