package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.platform.error.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {
  private final Variables variables = Variables.ofBuild();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SUTAZAI_PORT",
        "SUTAZAI_ADMIN_KEY",
        "SUTAZAI_QUEUE_BROKER_MAX_LENGTH",
        "sutazai.queue.workers",
        "SUTAZAI_HTTP_ALLOWED_HOSTS",
        "SUTAZAI_HTTP_ALLOWED_HOSTS_0_",
        "SUTAZAI_INFERENCE_BACKENDS_BIG_URL",
        "SUTAZAI_INFERENCE_BACKENDS_MY_BIG_ONE_API_KEY",
        "SUTAZAI_INFERENCE_ALIASES_GPT_OSS",
        "SUTAZAI_INFERENCE_WEIGHTS_ALICE",
        "SUTAZAI_RESOURCES_NEEDS_DATA_WORKER_CPU",
        "SUTAZAI_RESOURCES_POLICIES_CPU_MAX_TOTAL_PERCENT",
        "SUTAZAI_URL",
        "SUTAZAI_SERVICE_HOST",
        "SUTAZAI_SERVICE_PORT_HTTP",
        "SUTAZAI_PORT_10010_TCP_ADDR",
        "SUTAZAI_WEB_PORT",
        "PATH",
        "SUTAZAIX",
      })
  void settings_and_the_variables_of_others_pass(String name) {
    assertThatCode(() -> variables.check(Set.of(name))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "SUTAZAI_QUEUE_WORKRES, SUTAZAI_QUEUE_WORKERS",
    "SUTAZAI_ADMINKEY, SUTAZAI_ADMIN_KEY",
    "SUTAZAI_DATA_DIR, SUTAZAI_BOOT_DATA_DIR",
    "sutazai_queue_worker, SUTAZAI_QUEUE_WORKERS",
    "SUTAZAI_INFERENCE_BACKENDS_BIG_ULR, SUTAZAI_INFERENCE_BACKENDS_<name>_URL",
  })
  void what_is_no_setting_is_named_with_the_nearest_one(String name, String nearest) {
    assertThatThrownBy(() -> variables.check(Set.of(name, "SUTAZAI_PORT")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith(name + " is not a known setting; did you mean " + nearest + "? ");
  }

  @Test
  void nothing_is_proposed_for_what_is_like_no_setting() {
    assertThatThrownBy(() -> variables.check(Set.of("SUTAZAI_COLOUR_OF_THE_SKY", "SUTAZAI_")))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "SUTAZAI_ is not a known setting. SUTAZAI_COLOUR_OF_THE_SKY is not a known setting. "
                + "All settings: docs/configuration.md.");
  }

  @Test
  void those_of_a_file_are_looked_at_too(@TempDir Path folder) throws Exception {
    // Given
    Path file = folder.resolve(".env");
    Files.writeString(file, "# mine\nSUTAZAI_PORT=1\n\nSUTAZAI_QUEUE_WORKRES = 4\n");

    // When, then
    assertThatThrownBy(() -> variables.check(Variables.inFile(file)))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("SUTAZAI_QUEUE_WORKRES is not a known setting");
  }

  @Test
  void no_file_is_nothing_to_look_at(@TempDir Path folder) {
    assertThat(Variables.inFile(folder.resolve(".env"))).isEmpty();
  }
}
