package com.sutazai.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaGrammarTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PERSON =
      """
      {"type":"object","title":"Person","properties":{"name":{"type":"string"},
       "age":{"type":"integer","minimum":0,"maximum":130},
       "tags":{"type":"array","items":{"enum":["a","b\\"c"]},"maxItems":2}},
       "required":["name","age"]}\
      """;

  private static final String TREE =
      """
      {"$defs":{"node":{"type":"object","properties":{"value":{"type":"number"},
       "next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["value","next"]}},
       "$ref":"#/$defs/node"}\
      """;

  private static final String OPEN =
      """
      {"type":"object","properties":{"ab":{"type":"integer"},"abc":{"type":"integer"}},
       "additionalProperties":{"type":"boolean"}}\
      """;

  private static GbnfMatcher matcher(String schema) throws Exception {
    return new GbnfMatcher(SchemaGrammar.of(JSON.readTree(schema)));
  }

  /** A schema, an answer, and whether the one allows the other. */
  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3}", true),
        Arguments.of(
            PERSON,
            "{ \"name\": \"A\\n\\u00e9\", \"age\": 130, \"tags\": [\"a\", \"b\\\"c\"] }",
            true),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3,\"tags\":[]}", true),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":131}", false),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":-1}", false),
        Arguments.of(PERSON, "{\"name\":\"A\"}", false),
        Arguments.of(PERSON, "{\"age\":3,\"name\":\"A\"}", false),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3,\"more\":1}", false),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3,\"tags\":[\"c\"]}", false),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3,\"tags\":[\"a\",\"a\",\"a\"]}", false),
        Arguments.of(PERSON, "{\"name\":\"A\",\"age\":3,}", false),
        Arguments.of(TREE, "{\"value\":1,\"next\":{\"value\":-2.5e3,\"next\":null}}", true),
        Arguments.of(TREE, "{\"value\":1,\"next\":{}}", false),
        Arguments.of(OPEN, "{}", true),
        Arguments.of(OPEN, "{\"abc\":1}", true),
        Arguments.of(OPEN, "{\"ab\":1,\"a\":true,\"abd\":false,\"abcd\":true,\"\":true}", true),
        Arguments.of(OPEN, "{\"ab\":true}", false),
        Arguments.of(OPEN, "{\"abc\":1,\"ab\":true}", false),
        Arguments.of(OPEN, "{\"x\":1}", false),
        Arguments.of(OPEN, "{\"\\u0061b\":true}", false),
        Arguments.of("{\"type\":\"object\"}", "{\"a\":[1,{\"b\":null}]}", true),
        Arguments.of("{\"type\":\"object\"}", "[]", false),
        Arguments.of("{\"type\":\"object\",\"additionalProperties\":false}", "{}", true),
        Arguments.of("{\"type\":\"object\",\"additionalProperties\":false}", "{\"a\":1}", false),
        Arguments.of("{\"type\":\"object\",\"required\":[\"x\"]}", "{\"x\":[]}", true),
        Arguments.of("{\"type\":\"object\",\"required\":[\"x\"]}", "{}", false),
        Arguments.of("{}", "[true,\"x\",1.5]", true),
        Arguments.of("true", "null", true),
        Arguments.of("{\"const\":{\"a\":1}}", "{\"a\":1}", true),
        Arguments.of("{\"const\":{\"a\":1}}", "{\"a\":2}", false),
        Arguments.of("{\"type\":[\"string\",\"null\"],\"maxLength\":2}", "null", true),
        Arguments.of("{\"type\":[\"string\",\"null\"],\"maxLength\":2}", "\"ab\"", true),
        Arguments.of("{\"type\":[\"string\",\"null\"],\"maxLength\":2}", "\"abc\"", false),
        Arguments.of("{\"type\":\"string\",\"nullable\":true}", "null", true),
        Arguments.of("{\"type\":\"string\",\"enum\":[1,\"a\"]}", "\"a\"", true),
        Arguments.of("{\"type\":\"string\",\"enum\":[1,\"a\"]}", "1", false),
        Arguments.of("{\"type\":[\"string\",\"null\"],\"enum\":[null,1]}", "null", true),
        Arguments.of("{\"type\":\"integer\",\"enum\":[1,2.5]}", "1", true),
        Arguments.of("{\"type\":\"integer\",\"enum\":[1,2.5]}", "2.5", false),
        Arguments.of("{\"type\":\"number\",\"const\":1}", "1", true),
        Arguments.of(
            "{\"type\":\"string\",\"anyOf\":[{\"type\":\"string\",\"maxLength\":1}]}",
            "\"a\"",
            true),
        Arguments.of(
            "{\"type\":\"number\",\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\"}]}",
            "1.5",
            true),
        Arguments.of(
            "{\"type\":\"null\",\"allOf\":[{\"$ref\":\"#/$defs/x\"}],\"$defs\":{\"x\":{\"type\":\"null\"}}}",
            "null",
            true),
        Arguments.of("{\"type\":\"string\",\"minLength\":2}", "\"a\"", false),
        Arguments.of("{\"type\":\"string\",\"minLength\":2}", "\"\\n\\n\"", true),
        Arguments.of("{\"type\":\"string\"}", "\"a\nb\"", false),
        Arguments.of("{\"type\":\"string\",\"format\":\"date\"}", "\"2026-11-30\"", true),
        Arguments.of("{\"type\":\"string\",\"format\":\"date\"}", "\"2026-13-30\"", false),
        Arguments.of(
            "{\"type\":\"string\",\"format\":\"date-time\"}", "\"2026-11-30T23:59:00.5Z\"", true),
        Arguments.of("{\"type\":\"string\",\"format\":\"email\"}", "\"whoever\"", true),
        Arguments.of(
            "{\"type\":\"array\",\"minItems\":2,\"items\":{\"type\":\"boolean\"}}",
            "[true]",
            false),
        Arguments.of(
            "{\"type\":\"array\",\"minItems\":2,\"items\":{\"type\":\"boolean\"}}",
            "[true, false,true]",
            true),
        Arguments.of("{\"type\":\"array\",\"maxItems\":0}", "[]", true),
        Arguments.of("{\"type\":\"array\",\"maxItems\":0}", "[1]", false),
        Arguments.of(
            "{\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "[\"a\",1]", true),
        Arguments.of(
            "{\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}",
            "[\"a\",1,2]",
            false),
        Arguments.of(
            "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"integer\"}}",
            "[\"a\",1,2]",
            true),
        Arguments.of(
            "{\"allOf\":[{\"$ref\":\"#/definitions/x\"}],\"definitions\":{\"x\":{\"type\":\"null\"}}}",
            "null",
            true),
        Arguments.of("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", "0.25", true),
        Arguments.of("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", "1", true),
        Arguments.of("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", "1.0", true),
        Arguments.of("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", "1.01", false),
        Arguments.of("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}", "-0.5", false),
        Arguments.of("{\"type\":\"number\",\"exclusiveMinimum\":0}", "0", false),
        Arguments.of("{\"type\":\"number\",\"exclusiveMinimum\":0}", "0.0", false),
        Arguments.of("{\"type\":\"number\",\"exclusiveMinimum\":0}", "0.01", true),
        Arguments.of("{\"type\":\"number\",\"exclusiveMinimum\":0}", "17.5", true),
        Arguments.of("{\"type\":\"number\",\"minimum\":-2,\"exclusiveMaximum\":0}", "-0.5", true),
        Arguments.of("{\"type\":\"number\",\"minimum\":-2,\"exclusiveMaximum\":0}", "-2.5", false),
        Arguments.of("{\"type\":\"number\",\"minimum\":-2,\"exclusiveMaximum\":0}", "0", false),
        Arguments.of(
            "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-\\\\d+(\\\\.[^x]|)$\"}",
            "\"AB-12.y\"", true),
        Arguments.of(
            "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-\\\\d+(\\\\.[^x]|)$\"}",
            "\"AB-12\"", true),
        Arguments.of(
            "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-\\\\d+(\\\\.[^x]|)$\"}",
            "\"AB-12.x\"", false),
        Arguments.of(
            "{\"type\":\"string\",\"pattern\":\"^[\\\\w.-]+@(?:a|b)c?$\"}", "\"x.y-z@b\"", true));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void an_answer_keeps_to_the_grammar_if_it_keeps_to_the_schema(
      String schema, String answer, boolean kept) throws Exception {
    assertThat(matcher(schema).matches(answer)).isEqualTo(kept);
  }

  @Test
  void format_json_is_any_object() {
    // When
    GbnfMatcher matcher = new GbnfMatcher(SchemaGrammar.anyObject());

    // Then
    assertThat(matcher.matches("{\"a\": [1, 2.5e-3, {\"b\": \"\\u00e9\"}], \"c\": null}")).isTrue();
    assertThat(matcher.matches("{}")).isTrue();
    assertThat(matcher.matches("[1]")).isFalse();
    assertThat(matcher.matches("{\"a\":01}")).isFalse();
    assertThat(matcher.matches("{\"a\":1} ")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "[]|format must be a schema",
        "{\"type\":\"text\"}|format.type must be object, array",
        "{\"not\":{}}|format.not cannot be held to",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"multipleOf\":5}}}|format.properties.a.multipleOf"
            + " cannot be held to",
        "{\"type\":\"array\",\"uniqueItems\":true}|format.uniqueItems cannot be held to",
        "{\"type\":\"string\",\"minimum\":1}|format.minimum cannot be held to",
        "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}|format has a minimum above its"
            + " maximum",
        "{\"type\":\"string\",\"maxLength\":100000}|format.maxLength must be a whole number from 0"
            + " to 2000",
        "{\"type\":\"string\",\"pattern\":\"abc\"}|format.pattern must begin with ^",
        "{\"type\":\"string\",\"pattern\":\"^(?=a)$\"}|format.pattern cannot be held to from"
            + " character",
        "{\"type\":\"string\",\"pattern\":\"^[!-~]$\"}|format.pattern cannot be held to from"
            + " character",
        "{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}|format has a minimum above its maximum",
        "{\"type\":\"number\",\"minimum\":0.5}|format has a bound with a fraction",
        "{\"type\":\"number\",\"minimum\":1,\"exclusiveMaximum\":1}|format allows no number",
        "{\"enum\":[]}|format.enum must have 1 to 1000 values",
        "{\"type\":\"string\",\"enum\":[1]}|format.enum must have 1 to 1000 values of the type beside it",
        "{\"type\":\"string\",\"const\":1}|format.const is not of the type beside it",
        "{\"type\":\"text\",\"enum\":[1]}|format.type must be object, array",
        "{\"type\":\"string\",\"anyOf\":[{\"type\":\"string\"},{}]}|format.type cannot be held to unless"
            + " each part of anyOf names it",
        "{\"type\":\"string\",\"oneOf\":[{\"type\":\"integer\"}]}|format.type cannot be held to unless"
            + " each part of oneOf names it",
        "{\"type\":\"string\",\"allOf\":[{\"type\":\"string\",\"nullable\":true}]}|format.type cannot be held"
            + " to unless each part of allOf names it",
        "{\"allOf\":[{},{}]}|format.allOf must have one part",
        "{\"$ref\":\"#/$defs/x\"}|format.$ref leads to #/$defs/x, which is not there",
        "{\"$ref\":\"http://a/b\"}|format.$ref must lead to a place of the same schema",
        "{\"$ref\":\"#\"}|format.$ref leads back to itself",
        "{\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/a\"}]}},\"$ref\":\"#/$defs/a\"}|format.$defs.a.anyOf[0].$ref"
            + " leads back to itself",
      })
  void what_cannot_be_held_to_is_refused_by_its_name(String schema, String why) throws Exception {
    JsonNode read = JSON.readTree(schema);
    assertThatThrownBy(() -> SchemaGrammar.of(read))
        .isInstanceOf(UnsupportedSchemaException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"object\",\"properties\":{\"a\":{}},\"required\":[\"%s\"],\"additionalProperties\":true}",
        "{\"type\":\"object\",\"properties\":{\"%s\":{}},\"additionalProperties\":true}"
      })
  void names_of_properties_are_bounded(String schema) throws Exception {
    // Given
    JsonNode bounded = JSON.readTree(schema.formatted("x".repeat(256)));
    JsonNode tooLong = JSON.readTree(schema.formatted("x".repeat(20_000)));

    // When
    String grammar = SchemaGrammar.of(bounded);

    // Then
    assertThat(grammar).contains("x".repeat(256));
    assertThatThrownBy(() -> SchemaGrammar.of(tooLong))
        .isInstanceOf(UnsupportedSchemaException.class)
        .hasMessage(
            "format has a property whose name has 20000 characters; it may have at most 256");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0, 9",
    "0, 10",
    "5, 5",
    "7, 123",
    "99, 100",
    "100, 999",
    "-1, 1",
    "-120, -9",
    "-13, 207",
    "-5, 0",
  })
  void whole_numbers_are_those_between_the_bounds(int least, int most) throws Exception {
    // Given
    GbnfMatcher matcher =
        matcher("{\"type\":\"integer\",\"minimum\":%d,\"maximum\":%d}".formatted(least, most));

    // When
    List<Integer> wrong =
        Stream.iterate(least - 1_100, each -> each <= most + 1_100, each -> each + 1)
            .filter(each -> matcher.matches("" + each) != (least <= each && each <= most))
            .toList();

    // Then
    assertThat(wrong).isEmpty();
  }

  @Test
  void a_side_without_a_bound_goes_on_for_sixteen_digits() throws Exception {
    GbnfMatcher matcher = matcher("{\"type\":\"integer\",\"exclusiveMinimum\":41}");
    assertThat(matcher.matches("41")).isFalse();
    assertThat(matcher.matches("42")).isTrue();
    assertThat(matcher.matches("9".repeat(16))).isTrue();
    assertThat(matcher.matches("9".repeat(17))).isFalse();
    assertThat(matcher.matches("-42")).isFalse();
  }

  @Test
  void any_choice_of_properties_that_are_not_required_keeps_to_the_grammar() throws Exception {
    // Given
    GbnfMatcher matcher =
        matcher(
            """
            {"type":"object","required":["c"],"properties":{"a":{"type":"null"},"b":{"type":"null"},
             "c":{"type":"null"},"d":{"type":"null"}}}\
            """);
    for (int chosen = 0; chosen < 16; chosen++) {
      // When
      ObjectNode answer = JSON.createObjectNode();
      for (int i = 0; i < 4; i++) {
        if ((chosen & 1 << i) != 0) {
          answer.putNull("abcd".substring(i, i + 1));
        }
      }

      // Then
      assertThat(matcher.matches(answer.toString()))
          .as(answer.toString())
          .isEqualTo(answer.has("c"));
    }
  }

  @Test
  void a_schema_that_is_nested_too_deeply_is_refused() throws Exception {
    String schema = "{\"items\":".repeat(70) + "{}" + "}".repeat(70);
    JsonNode read = JSON.readTree(schema);
    assertThatThrownBy(() -> SchemaGrammar.of(read)).hasMessageContaining("nested deeper than 64");
  }

  @Test
  void a_schema_of_too_many_parts_is_refused() throws Exception {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (int i = 0; i < 3_000; i++) {
      properties.putObject("p" + i).put("type", "string");
    }
    assertThatThrownBy(() -> SchemaGrammar.of(schema)).hasMessageContaining("too large");
  }

  @Test
  void nonsense_is_refused_or_made_a_grammar_that_can_be_read() throws Exception {
    Random random = new Random(7);
    String whole = PERSON + TREE + OPEN;
    for (int round = 0; round < 3_000; round++) {
      StringBuilder schema = new StringBuilder(round % 2 == 0 ? PERSON : OPEN);
      for (int i = 0; i < 3; i++) {
        int place = random.nextInt(schema.length());
        int from = random.nextInt(whole.length() - 12);
        schema.replace(
            place, Math.min(schema.length(), place + 4), whole.substring(from, from + 5));
      }
      requireReadOrRefused(schema.toString());
    }
  }

  private static void requireReadOrRefused(String schema) {
    try {
      new GbnfMatcher(SchemaGrammar.of(JSON.readTree(schema))).matches("{}");
    } catch (com.fasterxml.jackson.core.JsonProcessingException | UnsupportedSchemaException e) {
      assertThat(e).hasMessageNotContaining("null pointer");
    }
  }
}
