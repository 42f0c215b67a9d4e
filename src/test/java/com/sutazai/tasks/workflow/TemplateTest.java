package com.sutazai.tasks.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Reference RESULT = new Reference("a", List.of("result"));
  private static final Reference NAME = new Reference(null, List.of("name"));

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Template template(String payload) {
    return Template.of(json(payload), "steps[0].payload");
  }

  private static JsonNode filled(String payload, String result) {
    return template(payload).filled(Map.of(RESULT, json(result)), 1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "1.5", "true", "null", "'text'", "[1,{'b':2}]", "{'c':[]}"})
  void a_text_that_is_one_placeholder_becomes_the_value_with_its_type(String value) {
    assertThat(filled("{'x':['{{steps.a.result}}']}", value))
        .isEqualTo(json("{'x':[" + value + "]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"7|is 7!", "'text'|is text!", "null|is null!", "{'b':[1]}|is {\"b\":[1]}!"})
  void within_a_text_the_value_is_written_as_text(String value, String expected) {
    assertThat(filled("'is {{ steps.a.result }}!'", value).textValue()).isEqualTo(expected);
  }

  @Test
  void what_was_inserted_is_not_looked_through_again() {
    assertThat(filled("'{{steps.a.result}} {{steps.a.result}}'", "'{{input.name}}'").textValue())
        .isEqualTo("{{input.name}} {{input.name}}");
  }

  @Test
  void escaped_braces_are_braces_and_all_else_stays() {
    JsonNode payload = json("{'a':['\\\\{{name}} } {', 1, null, '', '\\\\']}");
    assertThat(Template.of(payload, "payload").filled(Map.of(), 0))
        .isEqualTo(json("{'a':['{{name}} } {', 1, null, '', '\\\\']}"));
  }

  @Test
  void references_are_found_once_each_wherever_they_are() {
    Template template =
        template(
            "{'a':['{{input.name}}', {'b':'x {{steps.a.result}}{{input.name}}'}], '{{no.key}}':'{{steps.b-1.result.rows.0.city name}} {{steps.b-1.error.code}}'}");
    assertThat(template.references())
        .extracting(Reference::toString)
        .containsExactly(
            "input.name",
            "steps.a.result",
            "steps.b-1.result.rows.0.city name",
            "steps.b-1.error.code");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{",
        "{{input.a",
        "{{}}",
        "{{ }}",
        "{{name}}",
        "{{inputs.a}}",
        "{{input..a}}",
        "{{input.}}",
        "{{steps}}",
        "{{steps.a}}",
        "{{steps.a.output}}",
        "{{steps.a.result | upper}} {{1 + 1}}"
      })
  void what_is_no_path_is_refused_with_the_field_and_the_remedy(String text) {
    assertThatThrownBy(() -> template("{'a':['" + text + "']}"))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("steps[0].payload has ")
        .hasMessageContaining("\\{{");
  }

  @Test
  void placeholders_are_bounded() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= Template.MOST_REFERENCES; i++) {
      text.append("{{input.a").append(i).append("}}");
    }
    assertThatThrownBy(() -> template("'" + text + "'"))
        .hasMessageContaining("at most " + Template.MOST_REFERENCES);
  }

  /** A short payload may name a long value often. */
  @Test
  void what_is_inserted_is_bounded() {
    Map<Reference, JsonNode> values = new HashMap<>();
    values.put(NAME, json("'" + "n".repeat(400) + "'"));
    Template twice = template("['{{input.name}}','{{input.name}}']");
    Template thrice = template("['{{input.name}}','{{input.name}} {{input.name}}']");
    assertThat(twice.filled(values, 1000)).hasSize(2);
    assertThatThrownBy(() -> thrice.filled(values, 1000))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
  }
}
