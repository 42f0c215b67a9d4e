package com.sutazai.security.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.StartException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static QuotaConfig config(String name, String value) {
    return new SmallRyeConfigBuilder()
        .withMapping(QuotaConfig.class)
        .withDefaultValues(Map.of("sutazai.quotas." + name, value))
        .build()
        .getConfigMapping(QuotaConfig.class);
  }

  @ParameterizedTest
  @CsvSource({
    "requests-per-minute,0",
    "tokens-per-minute,-1",
    "tokens-per-day,1000000000001",
    "concurrent-generations,0",
    "waiting-tasks,1000001"
  })
  void a_setting_that_is_out_of_bounds_ends_the_start_and_is_named(String name, String value) {
    assertThatThrownBy(() -> Limits.of(config(name, value)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("sutazai.quotas." + name)
        .hasMessageContaining(value);
  }

  @Test
  void settings_within_their_bounds_are_taken() {
    assertThat(Limits.of(config("tokens-per-day", "7")).tokensPerDay()).isEqualTo(7);
  }

  @Test
  void a_limit_of_a_request_that_is_out_of_bounds_is_named_as_its_field() {
    assertThatThrownBy(() -> new Limits(0L, null, null, null, null, null).checked())
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("1 and");
  }
}
