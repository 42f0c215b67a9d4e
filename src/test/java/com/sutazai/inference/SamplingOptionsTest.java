package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingOptionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | false",
        "{'temperature': 0.7} | false",
        "{'temperature': 0} | true",
        "{'seed': 7} | true",
        "{'seed': 0} | true",
        "{'seed': -2} | true",
        "{'seed': null} | false",
        "{'seed': -1} | false",
        "{'seed': -1.0} | false",
        "{'seed': -1, 'temperature': 0} | true"
      })
  void answers_are_the_same_at_temperature_0_or_with_a_seed_and_minus_1_is_none(
      String options, boolean same) throws Exception {
    assertThat(SamplingOptions.deterministic(JSON.readTree(options.replace('\'', '"'))))
        .isEqualTo(same);
  }
}
