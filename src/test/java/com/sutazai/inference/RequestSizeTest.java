package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestSizeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "'', 256",
    "10, 10",
    "0, 256",
    "-1, 256",
    "131072, 131072",
    "131073, 131072",
    "9223372036854775807, 131072",
    "18446744073709551615, 131072",
    "9223372036854775808, 131072",
    "-18446744073709551615, 256"
  })
  void the_answer_counts_as_long_as_it_may_become_within_bounds(String limit, long tokens)
      throws Exception {
    for (String form :
        new String[] {
          "{\"options\":{\"num_predict\":%s}}",
          "{\"max_tokens\":%s}",
          "{\"max_completion_tokens\":%s}"
        }) {
      // Given
      JsonNode body = JSON.readTree(limit.isEmpty() ? "{}" : form.formatted(limit));

      // When, then
      assertThat(RequestSize.tokens(body)).as(body.toString()).isEqualTo(1 + tokens);
    }
  }
}
