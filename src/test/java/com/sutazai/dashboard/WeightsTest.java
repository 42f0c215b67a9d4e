package com.sutazai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip                     | gzip | 1",
        "GZip                     | gzip | 1",
        "br;q=0.5, gzip           | br   | 0.5",
        "br ; Q = 0.125 ,gzip     | br   | 0.125",
        "br;q=0                   | br   | 0",
        "br;q=0.000               | br   | 0",
        "br;level=1;q=0.3         | br   | 0.3",
        "*                        | br   | 1",
        "*;q=0.2, gzip            | br   | 0.2",
        "*;q=0, gzip              | gzip | 1",
        "gzip                     | br   | 0.7",
        "gzipped, xbr             | br   | 0.7",
        "br;q=2                   | br   | 0",
        "br;q=NaN                 | br   | 0",
        "br;q=-1                  | br   | 0",
        "br;q=0.1234              | br   | 0",
        "br;q=                    | br   | 0",
        "br;q=0.2, br;q=0.6       | br   | 0.6",
        ",, ; ,gzip               | gzip | 1",
      })
  void a_word_has_the_weight_that_the_field_says(String field, String word, double weight) {
    assertThat(Weights.of(List.of(field)).of(word, 0.7)).isEqualTo(weight);
  }

  @Test
  void lines_of_a_field_count_together() {
    Weights weights = Weights.of(List.of("gzip;q=0.4", "br"));

    assertThat(weights.of("gzip", 0)).isEqualTo(0.4);
    assertThat(weights.of("br", 0)).isEqualTo(1);
  }

  @Test
  void only_what_is_named_and_wanted_is_named() {
    Weights weights = Weights.of(List.of("text/html, text/plain;q=0, */*"));

    assertThat(weights.name("text/html")).isTrue();
    assertThat(weights.name("text/plain")).isFalse();
    assertThat(weights.name("text/css")).isFalse();
  }
}
