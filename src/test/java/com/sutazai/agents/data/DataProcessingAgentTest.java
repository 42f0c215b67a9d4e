package com.sutazai.agents.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sutazai.agents.AgentAnswer;
import com.sutazai.agents.AgentCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataProcessingAgentTest {
  private final ObjectMapper json = new ObjectMapper();
  private final DataProcessingAgent agent = new DataProcessingAgent(json);

  private AgentAnswer run(JsonNode payload) throws Exception {
    return agent.run(
        new AgentCall(UUID.randomUUID(), UUID.randomUUID(), "data_processing", payload, 1));
  }

  private JsonNode result(String payload) throws Exception {
    AgentAnswer answer = run(json.readTree(payload.replace('\'', '"')));
    assertThat(answer).isInstanceOf(AgentAnswer.Done.class);
    return ((AgentAnswer.Done) answer).result();
  }

  private JsonNode csv(String text) throws Exception {
    ObjectNode payload = json.createObjectNode().put("csv", text);
    AgentAnswer answer = run(payload);
    assertThat(answer).isInstanceOf(AgentAnswer.Done.class);
    return ((AgentAnswer.Done) answer).result();
  }

  @Test
  void a_column_of_numbers_is_described() throws Exception {
    JsonNode result = csv("age,name\n30,Ann\n20,Bob\n40,Cy\n,Di\n");

    assertThat(result.get("rows").intValue()).isEqualTo(4);
    assertThat(result.at("/columns/age"))
        .isEqualTo(
            json.readTree(
                """
                {"type": "number", "count": 3, "missing": 1, "distinct": 3, "min": 20.0, "max": 40.0,
                 "sum": 90.0, "mean": 30.0, "standard_deviation": 10.0, "p25": 25.0, "median": 30.0,
                 "p75": 35.0}
                """));
  }

  @Test
  void it_tells_how_far_it_is() throws Exception {
    // Given
    List<String> said = new ArrayList<>();
    JsonNode payload = json.createObjectNode().put("csv", "age,name\n30,Ann\n");

    // When
    agent.run(
        new AgentCall(
            UUID.randomUUID(),
            UUID.randomUUID(),
            "data_processing",
            payload,
            1,
            (fraction, message) -> said.add(fraction + " " + message)));

    // Then
    assertThat(said).containsExactly("0.5 column 1 of 2", "1.0 column 2 of 2");
  }

  @Test
  void a_column_of_texts_is_described() throws Exception {
    JsonNode name = csv("name\nAnn\n\"Bob,\nthe \"\"B\"\"\"\nAnn\nÄß😀\n").at("/columns/name");

    assertThat(name.get("type").textValue()).isEqualTo("text");
    assertThat(name.get("distinct").intValue()).isEqualTo(3);
    assertThat(name.get("shortest").intValue()).isEqualTo(3);
    assertThat(name.get("longest").intValue()).isEqualTo("Bob,\nthe \"B\"".length());
    assertThat(name.at("/most_common/0"))
        .isEqualTo(json.readTree("{\"value\": \"Ann\", \"count\": 2}"));
  }

  @Test
  void json_rows_values_and_single_objects_are_tables() throws Exception {
    assertThat(result("{'data': [{'a': 1}, {'a': null, 'b': true}, {}]}"))
        .isEqualTo(
            json.readTree(
                """
                {"rows": 3, "columns": {
                  "a": {"type": "number", "count": 1, "missing": 2, "distinct": 1, "min": 1.0, "max": 1.0,
                        "sum": 1.0, "mean": 1.0, "standard_deviation": null, "p25": 1.0, "median": 1.0,
                        "p75": 1.0},
                  "b": {"type": "boolean", "count": 1, "missing": 2, "distinct": 1,
                        "most_common": [{"value": true, "count": 1}]}}}
                """));
    assertThat(result("{'data': [1, 2.5, 'x']}").at("/columns/value/type").textValue())
        .isEqualTo("mixed");
    assertThat(result("{'json': '[{\\\"a\\\": 1}]'}").at("/columns/a/count").intValue())
        .isEqualTo(1);
    assertThat(result("{'anything': [1], 'else': {'x': 1}}").at("/columns/else/type").textValue())
        .isEqualTo("object");
    assertThat(result("{}").toString()).isEqualTo("{\"rows\":0,\"columns\":{}}");
  }

  @Test
  void columns_narrow_the_result() throws Exception {
    assertThat(result("{'csv': 'a,b\\n1,2', 'columns': ['b']}").get("columns").properties())
        .hasSize(1);
  }

  @Test
  void a_mark_at_the_start_and_other_delimiters_are_understood() throws Exception {
    assertThat(result("{'csv': '\\uFEFFa;b\\n1;2', 'delimiter': ';'}").get("columns").has("a"))
        .isTrue();
  }

  @Test
  void what_looks_like_a_number_but_is_none_stays_text() throws Exception {
    JsonNode columns = csv("a,b,c,d\nNaN,0x1F,1e999,1_000\n").get("columns");

    columns.forEach(column -> assertThat(column.get("type").textValue()).isEqualTo("text"));
    assertThat(result("{'data': [1e308, 1e308]}").at("/columns/value/sum").isNull()).isTrue();
  }

  @Test
  void a_number_that_is_written_out_with_thousands_of_digits_stays_text() throws Exception {
    for (String cell : List.of("45781e998", "1e-999", "0." + "0".repeat(299) + "1e-500")) {
      JsonNode column = csv("a\n" + cell + "\n").at("/columns/a");
      assertThat(column.get("type").textValue()).as(cell).isEqualTo("text");
      assertThat(column.at("/most_common/0/value").textValue()).isEqualTo(cell);
    }
    assertThat(csv("a\n1e-300\n1.5e300\n").at("/columns/a/type").textValue()).isEqualTo("number");
    assertThat(result("{'json': '[1e999, true]'}").at("/columns/value/most_common").toString())
        .doesNotContain("999,")
        .contains("\"value\":\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'csv': 7}|payload.csv must be a text",
        "{'csv': 'a,b\\n1,2,3'}|payload.csv has 3 cells in line",
        "{'csv': 'a,a\\n1,2'}|payload.csv is no CSV",
        "{'csv': 'a\\n\\\"open'}|payload.csv is no CSV",
        "{'csv': 'a\\n1', 'delimiter': ';;'}|payload.csv needs a delimiter of one character",
        "{'csv': 'a\\n1', 'columns': ['z']}|payload.csv has no column z",
        "{'csv': 'a\\n1', 'columns': 'z'}|payload.csv is narrowed by columns",
        "{'json': '{'}|payload.json is no JSON",
        "{'json': 7}|payload.json must be a text",
        "{'data': [1], 'columns': ['a']}|payload.data has no column a",
        "{'csv': 'a\\n1', 'columns': [7]}|payload.csv has no column 7",
        "{'csv': 'a\\n1', 'delimiter': ''}|payload.csv needs a delimiter of one character",
      })
  void unreadable_data_fails_for_good_and_is_named(String payload, String detail) throws Exception {
    AgentAnswer answer = run(json.readTree(payload.replace('\'', '"')));

    assertThat(answer).isInstanceOf(AgentAnswer.Failed.class);
    var failed = (AgentAnswer.Failed) answer;
    assertThat(failed.detail()).startsWith(detail);
    assertThat(failed.retryable()).isFalse();
  }

  @Test
  void too_many_columns_are_refused() throws Exception {
    AgentAnswer answer =
        run(json.createObjectNode().put("csv", "c" + ",c".repeat(0) + header(1001)));

    assertThat(((AgentAnswer.Failed) answer).detail()).contains("more than 1000 columns");
  }

  private static String header(int columns) {
    StringBuilder header = new StringBuilder();
    for (int i = 0; i < columns; i++) {
      header.append(",n").append(i);
    }
    return header.toString();
  }

  @Test
  void an_interrupt_ends_the_work() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> csv("a\n1\n")).isInstanceOf(InterruptedException.class);
  }

  @Test
  void figures_agree_with_their_definitions() throws Exception {
    Random random = new Random(42);
    for (int round = 0; round < 200; round++) {
      double[] values = random.doubles(1 + random.nextInt(50), -1e6, 1e6).toArray();
      StringBuilder text = new StringBuilder("x\n");
      Arrays.stream(values).forEach(value -> text.append(value).append('\n'));

      JsonNode x = csv(text.toString()).at("/columns/x");

      double mean = Arrays.stream(values).average().orElseThrow();
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      assertThat(x.get("mean").doubleValue()).isCloseTo(mean, within(1e-6));
      if (values.length > 1) {
        assertThat(x.get("standard_deviation").doubleValue())
            .isCloseTo(Math.sqrt(squares / (values.length - 1)), within(1e-5));
      }
      Arrays.sort(values);
      double median = x.get("median").doubleValue();
      assertThat(Arrays.stream(values).filter(v -> v < median - 1e-9).count())
          .isLessThanOrEqualTo(values.length / 2);
      assertThat(Arrays.stream(values).filter(v -> v > median + 1e-9).count())
          .isLessThanOrEqualTo(values.length / 2);
    }
  }
}
