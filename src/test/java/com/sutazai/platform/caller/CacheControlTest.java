package com.sutazai.platform.caller;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.platform.caller.CacheControl.Wish;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheControlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-cache|FRESH",
        "No-Cache|FRESH",
        "max-age=0|FRESH",
        "max-stale=9, no-cache|FRESH",
        "no-store|NOT_KEPT",
        "no-cache,no-store|NOT_KEPT",
        "no-store , max-age=0|NOT_KEPT",
        "max-age=60|ANY",
        "no-transform|ANY",
        "x-no-cache|ANY",
        "''|ANY",
      })
  void a_wish_is_read(String header, Wish wish) {
    assertThat(CacheControl.wish(header)).isEqualTo(wish);
  }
}
