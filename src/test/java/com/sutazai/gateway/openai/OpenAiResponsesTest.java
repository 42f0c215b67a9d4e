package com.sutazai.gateway.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.gateway.openai.OpenAiResponses.Asked;
import com.sutazai.inference.backend.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiResponsesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static JsonNode asked(String request) {
    Asked asked = OpenAiResponses.request((ObjectNode) json(request));
    assertThat(asked.refused()).isEmpty();
    return asked.body();
  }

  private static JsonNode messages(String input) {
    return asked("{\"input\":" + input + "}").path("messages");
  }

  @Test
  void a_text_becomes_a_question_after_the_instructions() {
    assertThat(
            asked(
                """
                {"model":"m","instructions":"Be short.","input":"Hi","store":false,"background":false,
                 "previous_response_id":null,"truncation":"disabled","metadata":{"a":"b"},
                 "service_tier":"auto","stream":false,"temperature":0.5,"top_p":null,"top_k":3,
                 "max_output_tokens":16,"reasoning":{"effort":"low","summary":"auto"},
                 "include":["reasoning.encrypted_content"],"parallel_tool_calls":true,"user":"u"}"""))
        .isEqualTo(
            json(
                """
                {"model":"m","messages":[{"role":"system","content":"Be short."},{"role":"user","content":"Hi"}],
                 "temperature":0.5,"top_k":3,"max_tokens":16,"reasoning_effort":"low","user":"u",
                 "stream":true,"stream_options":{"include_usage":true}}"""));
  }

  @Test
  void items_become_messages() {
    assertThat(
            messages(
                """
                [{"role":"developer","content":"Be short."},
                 {"type":"message","role":"system","content":[{"type":"input_text","text":"Be kind."}]},
                 {"type":"message","role":"user","content":[
                   {"type":"input_text","text":"What"},{"type":"input_text","text":"is it?"}]},
                 {"type":"message","role":"user","content":[
                   {"type":"input_text","text":"This:"},
                   {"type":"input_image","image_url":"data:image/png;base64,AA","detail":"low"}]},
                 {"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[
                   {"type":"output_text","text":"A cat.","annotations":[]}]},
                 {"role":"assistant","content":[{"type":"refusal","refusal":"No."}]}]"""))
        .isEqualTo(
            json(
                """
                [{"role":"system","content":"Be short.\\n\\nBe kind."},
                 {"role":"user","content":"What\\nis it?"},
                 {"role":"user","content":[
                   {"type":"text","text":"This:"},
                   {"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}}]},
                 {"role":"assistant","content":"A cat."},
                 {"role":"assistant","content":"No."}]"""));
  }

  @Test
  void reasoning_text_and_calls_of_one_turn_are_one_message() {
    assertThat(
            messages(
                """
                [{"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},
                 {"role":"assistant","content":"Let me look."},
                 {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\\"a\\":1}"},
                 {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
                 {"type":"function_call_output","call_id":"c1","output":"one"},
                 {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]},
                 {"type":"reasoning","summary":[{"type":"summary_text","text":"So."}]},
                 {"type":"function_call","call_id":"c3","name":"f","arguments":"{}"},
                 {"type":"reasoning","content":[{"type":"reasoning_text","text":"Well."}]},
                 {"role":"user","content":"And?"}]"""))
        .isEqualTo(
            json(
                """
                [{"role":"assistant","reasoning_content":"Hm.","content":"Let me look.","tool_calls":[
                   {"type":"function","id":"c1","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                   {"type":"function","id":"c2","function":{"name":"g","arguments":"{}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"one"},
                 {"role":"tool","tool_call_id":"c2","content":"two"},
                 {"role":"assistant","reasoning_content":"So.","tool_calls":[
                   {"type":"function","id":"c3","function":{"name":"f","arguments":"{}"}}]},
                 {"role":"assistant","reasoning_content":"Well."},
                 {"role":"user","content":"And?"}]"""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "text":{"format":{"type":"text"}} |
          "text":{"format":{"type":"json_object"}} | "response_format":{"type":"json_object"}
          "text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}} | "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}
          "text":{"verbosity":"low"} | "verbosity":"low"
          "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true}],"parallel_tool_calls":false | "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],"parallel_tool_calls":false
          "tools":[] |
          "tool_choice":"required" | "tool_choice":"required"
          "tool_choice":{"type":"function","name":"f"} | "tool_choice":{"type":"function","function":{"name":"f"}}
          "top_logprobs":2 | "logprobs":true,"top_logprobs":2
          "include":["message.output_text.logprobs"] | "logprobs":true
          """)
  void fields_are_translated(String given, String expected) {
    assertThat(asked("{\"input\":\"a\"," + given + "}"))
        .isEqualTo(
            json(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":true,"
                    + "\"stream_options\":{\"include_usage\":true}"
                    + (expected == null ? "" : "," + expected)
                    + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"input":"a","previous_response_id":"resp_1"} | previous_response_id
          {"input":"a","conversation":"conv_1"} | conversation
          {"input":"a","prompt":{"id":"p"}} | prompt
          {"input":"a","store":true} | store
          {"input":"a","background":true} | background
          {"input":"a","truncation":"auto"} | truncation
          {"input":"a","max_tool_calls":1} | max_tool_calls
          {"input":"a","tools":[{"type":"web_search"}]} | tools[0].type
          {"input":"a","tool_choice":{"type":"mcp"}} | tool_choice
          {"input":"a","text":{"format":{"type":"grammar"}}} | text.format.type
          {"input":"a","include":["file_search_call.results"]} | include[0]
          {} | input
          {"input":[{"type":"item_reference","id":"i"}]} | input[0].type
          {"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]} | input[0].content[0].type
          {"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]} | input[0].content[0].image_url
          {"input":[{"type":"reasoning","summary":[],"encrypted_content":"x"}]} | input[0].encrypted_content
          """)
  void what_cannot_be_served_is_refused_by_name(String request, String field) {
    assertThat(OpenAiResponses.request((ObjectNode) json(request)).refused())
        .singleElement()
        .extracting(Refusal::field)
        .isEqualTo(field);
  }

  @Test
  void the_request_stays_as_it_is() {
    // Given
    String request =
        """
        {"input":[{"role":"system","content":"a"},{"role":"system","content":"b"},
                  {"role":"assistant","content":"c"},{"type":"function_call","call_id":"1","name":"f"}],
         "tools":[{"type":"function","name":"f"}]}""";
    ObjectNode given = (ObjectNode) json(request);

    // When
    OpenAiResponses.request(given);

    // Then
    assertThat(given).isEqualTo(json(request));
  }
}
