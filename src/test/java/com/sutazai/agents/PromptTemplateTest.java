package com.sutazai.agents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VALUES =
      """
      {"name": "Ada", "count": 3, "ratio": 0.5, "on": true, "nothing": null, "odd": "{{name}}",
       "order": {"lines": [{"text": "one"}, {"text": "two"}], "0": "zero"}, "größe": "L"}
      """;

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain text | plain text",
        "Dear {{name}}! | Dear Ada!",
        "{{ name }}: {{count}} | Ada: 3",
        "{{count}}{{ratio}}{{on}} | 30.5true",
        "two: {{order.lines.1.text}} | two: two",
        "field 0: {{order.0}} | field 0: zero",
        "as JSON: {{order.lines}} | as JSON: [{\"text\":\"one\"},{\"text\":\"two\"}]",
        "not again: {{odd}} | not again: {{name}}",
        "size {{größe}} | size L",
        "{\"a\": {\"b\": \"{{name}}\"}} | {\"a\": {\"b\": \"Ada\"}}",
        "{\"a\": {{count}}} | {\"a\": 3}",
        "a } single { brace | a } single { brace",
        "as \\{{it}} is, {{name}} | as {{it}} is, Ada",
        "'' | ''",
      })
  void values_are_put_into_the_text(String template, String filled) {
    assertEquals(filled, PromptTemplate.parse(template).text(json(VALUES)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing",
        "name.length",
        "order.missing.text",
        "order.lines.2",
        "order.lines.-1",
        "order.lines.text",
        "order.lines.4294967296",
      })
  void a_missing_value_is_named_by_its_path(String path) {
    PromptTemplate template = PromptTemplate.parse("a {{" + path + "}}");

    var failure = assertThrows(PromptTemplate.Unfilled.class, () -> template.text(json(VALUES)));

    assertEquals(path, failure.path());
    assertEquals("there is no value at " + path, failure.getMessage());
  }

  @Test
  void null_counts_as_missing() {
    assertThrows(
        PromptTemplate.Unfilled.class,
        () -> PromptTemplate.parse("{{nothing}}").text(json(VALUES)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {{name | has {{ without }} at character 3; write \\{{ for the braces",
        "{{name} | has {{ without }} at character 1; write \\{{ for the braces",
        "a {name}} | has }} without {{ at character 8",
        "{{name}} }} | has }} without {{ at character 10",
      })
  void braces_that_do_not_fit_are_named(String template, String rule) {
    var failure =
        assertThrows(PromptTemplate.Malformed.class, () -> PromptTemplate.parse(template));

    assertEquals(rule, failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{{}}", "{{ }}", "{{a b}}", "{{a..b}}", "{{.a}}", "{{a.}}", "{{{a}}}", "{{a{b}}"})
  void what_is_no_path_is_refused(String template) {
    var failure =
        assertThrows(PromptTemplate.Malformed.class, () -> PromptTemplate.parse(template));

    assertEquals(
        "has no path between {{ and }} at character 1: names and numbers joined by dots, such as {{order.lines.0}}",
        failure.getMessage());
  }

  @Test
  void a_value_that_is_repeated_too_often_is_refused() {
    JsonNode values = JSON.createObjectNode().put("text", "x".repeat(1 << 20));
    assertThrows(
        PromptTemplate.Unfilled.class,
        () -> PromptTemplate.parse("{{text}}".repeat(5)).text(values));
  }
}
