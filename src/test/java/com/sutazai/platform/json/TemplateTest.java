package com.sutazai.platform.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
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
        "'' | ''",
      })
  void values_are_put_into_the_text(String template, String filled) {
    assertEquals(filled, Template.parse(template).text(json(VALUES)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"name", "count", "ratio", "on", "nothing", "order", "order.lines.0"})
  void a_place_alone_becomes_the_value_with_its_type(String path) {
    JsonNode filled = Template.parse("{{" + path + "}}").fill(json(VALUES));

    assertEquals(json(VALUES).at("/" + path.replace('.', '/')), filled);
  }

  @Test
  void a_place_between_words_becomes_text() {
    assertEquals("3 ", Template.parse("{{count}} ").fill(json(VALUES)).textValue());
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
    Template template = Template.parse("a {{" + path + "}}");

    var failure = assertThrows(Template.Unfilled.class, () -> template.text(json(VALUES)));

    assertEquals(path, failure.path());
    assertEquals("there is no value at " + path, failure.getMessage());
  }

  @Test
  void null_is_a_value_alone_and_missing_in_a_text() {
    assertEquals(json("null"), Template.parse("{{nothing}}").fill(json(VALUES)));
    assertThrows(Template.Unfilled.class, () -> Template.parse("{{nothing}}").text(json(VALUES)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {{name | has {{ without }} at character 3",
        "{{name} | has {{ without }} at character 1",
        "a {name}} | has }} without {{ at character 8",
        "{{name}} }} | has }} without {{ at character 10",
      })
  void braces_that_do_not_fit_are_named(String template, String rule) {
    var failure = assertThrows(Template.Malformed.class, () -> Template.parse(template));

    assertEquals(rule, failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{{}}", "{{ }}", "{{a b}}", "{{a..b}}", "{{.a}}", "{{a.}}", "{{{a}}}", "{{a{b}}"})
  void what_is_no_path_is_refused(String template) {
    var failure = assertThrows(Template.Malformed.class, () -> Template.parse(template));

    assertEquals(
        "has no path between {{ and }} at character 1: names and numbers joined by dots, such as {{order.lines.0}}",
        failure.getMessage());
  }

  @Test
  void all_strings_of_a_document_are_filled() {
    JsonNode filled =
        Template.fillAll(
            json(
                """
                {"to": "Dear {{name}}", "lines": ["{{count}}", "{{order.lines}}", 7, null], "{{name}}": true}
                """),
            json(VALUES));

    assertEquals(
        json(
            """
            {"to": "Dear Ada", "lines": [3, [{"text": "one"}, {"text": "two"}], 7, null], "{{name}}": true}
            """),
        filled);
  }

  @Test
  void its_paths_are_known_before_there_are_values() {
    assertEquals(List.of("a", "b.0", "a"), Template.parse("{{a}} and {{b.0}} and {{ a }}").paths());
  }

  @Test
  void a_value_that_is_repeated_too_often_is_refused() {
    JsonNode values = JSON.createObjectNode().put("text", "x".repeat(1 << 20));
    JsonNode document = json("[\"{{text}}\"" + ", \"{{text}}\"".repeat(4) + "]");

    assertThrows(Template.Unfilled.class, () -> Template.fillAll(document, values));
    assertThrows(Template.Unfilled.class, () -> Template.parse("{{text}}".repeat(5)).text(values));
  }

  @Test
  void what_is_filled_in_is_a_copy() {
    JsonNode values = json(VALUES);
    var filled = (ObjectNode) Template.parse("{{order}}").fill(values);

    filled.set("lines", IntNode.valueOf(1));

    assertEquals(json(VALUES), values);
  }
}
