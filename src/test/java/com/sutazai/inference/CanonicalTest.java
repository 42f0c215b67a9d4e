package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String text(String json) throws Exception {
    return Canonical.text(JSON.readTree(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}|{\"b\":{\"d\":3,\"c\":2},\"a\":1}",
        "{\"temperature\":0}|{\"temperature\":0.0}",
        "[0]|[-0.0]",
        "[100]|[1e2]",
        "[0.7]|[0.70]",
        "[1000000000000000]|[1e15]",
        "[123456789012345678901234567890]|[ 123456789012345678901234567890 ]",
        "[\"\\u00e9\"]|[\"é\"]",
      })
  void what_means_the_same_has_one_text(String one, String other) throws Exception {
    assertThat(text(one)).isEqualTo(text(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1}|{\"a\":2}",
        "{\"a\":1}|{\"a\":\"1\"}",
        "{\"a\":null}|{}",
        "{\"a\":null}|{\"a\":\"null\"}",
        "{\"a\":true}|{\"a\":\"true\"}",
        "[1,2]|[2,1]",
        "[[1],2]|[1,[2]]",
        "{\"a\\\\\":1}|{\"a\\\"\":1}",
        "{\"a\\\":1,\\\"b\":2}|{\"a\":1,\"b\":2}",
        "[\"a\",\"b\"]|[\"a\\\",\\\"b\"]",
        "[\"\\ud800\"]|[\"?\"]",
        "[\"\\ud800\"]|[\"\\\\ud800\"]",
        "[9007199254740993]|[9007199254740992]",
        "[0.1]|[0.10000000000000002]",
        "[123456789012345678901234567890]|[123456789012345678901234567891]",
      })
  void what_means_something_else_has_another_hash(String one, String other) throws Exception {
    assertThat(Canonical.hash(text(one))).hasSize(64).isNotEqualTo(Canonical.hash(text(other)));
  }

  @ParameterizedTest
  @CsvSource({"ab,c,a,bc", "'',a,a,''", "1:a,b,1,a:b"})
  void where_a_text_ends_matters(String a, String b, String c, String d) {
    assertThat(Canonical.hash(a, b)).isNotEqualTo(Canonical.hash(c, d));
  }
}
