package com.sutazai.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.inference.ModelRequest.Billing;
import com.sutazai.inference.ModelRequest.Reuse;
import com.sutazai.inference.ModelRequest.Urgency;
import com.sutazai.platform.caller.Caller;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers to prompts are used again, as {@code sutazai.inference.cache.native} says. */
class PromptTest {
  private static final String COLD = "{\"temperature\":0}";
  private static final String SEEDED = "{\"seed\":7}";

  private static InferenceConfig config(Map<String, String> set) {
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withConverter(MemorySize.class, 200, new MemorySizeConverter())
        .withSources(new PropertiesConfigSource(set, "test", 500))
        .withMapping(InferenceConfig.class)
        .build()
        .getConfigMapping(InferenceConfig.class);
  }

  private static Reuse reuse(InferenceConfig config, String options, @Nullable Boolean wish)
      throws Exception {
    JsonNode given = new ObjectMapper().readTree(options);
    return Prompt.of("Why?", null, given, false, wish)
        .request(Caller.LOCAL, config, Urgency.INTERACTIVE, Billing.AT_ITS_END)
        .reuse();
  }

  @ParameterizedTest
  @CsvSource({
    // setting, options, what the caller says, what may be reused
    "always, {}, , FULL",
    "always, {}, true, FULL",
    "always, {}, false, FRESH",
    "deterministic, {}, , NONE",
    "deterministic, {}, true, FULL",
    "deterministic, {}, false, NONE",
    "deterministic, " + COLD + ", , FULL",
    "deterministic, " + SEEDED + ", , FULL",
    "deterministic, " + COLD + ", false, FRESH",
    "off, {}, , NONE",
    "off, {}, true, NONE",
    "off, " + COLD + ", , NONE",
    "off, " + SEEDED + ", true, NONE",
  })
  void the_setting_the_options_and_the_callers_wish_decide(
      String setting, String options, @Nullable Boolean wish, Reuse expected) throws Exception {
    // Given
    InferenceConfig config = config(Map.of("sutazai.inference.cache.native", setting));

    // When
    Reuse reuse = reuse(config, options, wish);

    // Then
    assertThat(reuse).isEqualTo(expected);
  }

  @Test
  void the_default_temperature_decides_where_the_caller_gives_none() throws Exception {
    // Given
    InferenceConfig config =
        config(
            Map.of(
                "sutazai.inference.cache.native", "deterministic",
                "sutazai.inference.defaults.temperature", "0"));

    // When, then
    assertThat(reuse(config, "{}", null)).isEqualTo(Reuse.FULL);
    assertThat(reuse(config, "{\"temperature\":0.7}", null)).isEqualTo(Reuse.NONE);
  }

  @Test
  void everything_may_be_reused_where_nothing_is_set() throws Exception {
    assertThat(reuse(config(Map.of()), "{}", null)).isEqualTo(Reuse.FULL);
  }
}
