package com.sutazai.inference.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sutazai.inference.preparation.RunnerParameters.Hardware;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerParametersTest {
  private static RunnerParameters shown(String parameters) {
    return RunnerParameters.shown(
        JsonNodeFactory.instance.objectNode().put("parameters", parameters));
  }

  @Test
  void all_that_is_set_is_sent_as_numbers_and_truth() {
    // Given
    Runner config =
        new Runner(
            OptionalInt.of(2048),
            OptionalInt.of(64),
            OptionalInt.of(4),
            OptionalInt.of(0),
            OptionalInt.of(1),
            Optional.of(true),
            false);

    // When
    var json = RunnerParameters.set(config).json();

    // Then
    assertThat(json)
        .hasToString(
            """
            {"main_gpu":1,"num_batch":64,"num_ctx":2048,"num_gpu":0,"num_thread":4,"use_mmap":true}""");
  }

  @Test
  void nothing_set_is_empty() {
    assertThat(RunnerParameters.set(Runner.NOTHING).isEmpty()).isTrue();
  }

  @Test
  void a_models_list_gives_the_runners_parameters_alone() {
    // When
    var parameters =
        shown("stop    \"<|user|>\"\nnum_ctx      1.048576e+06\nuse_mmap true\ntemperature 0.7");

    // Then
    assertThat(parameters.values()).isEqualTo(Map.of("num_ctx", "1048576", "use_mmap", "true"));
  }

  @Test
  void what_is_set_goes_over_what_the_model_has() {
    // Given
    var set = RunnerParameters.set(Runner.context(4096));

    // When
    var whole = set.over(shown("num_ctx 2048\nnum_gpu 1"));

    // Then
    assertThat(whole.values()).isEqualTo(Map.of("num_ctx", "4096", "num_gpu", "1"));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 3", "16, 16"})
  void without_a_gpu_each_core_gets_a_thread_but_on_small_machines(int cores, String threads) {
    // When
    var fitting = RunnerParameters.fitting(new Hardware(false, OptionalInt.of(cores)));

    // Then
    assertThat(fitting.values()).isEqualTo(Map.of("num_gpu", "0", "num_thread", threads));
  }

  @Test
  void threads_of_another_machine_are_its_own_choice() {
    // When
    var fitting = RunnerParameters.fitting(new Hardware(false, OptionalInt.empty()));

    // Then
    assertThat(fitting.values()).isEqualTo(Map.of("num_gpu", "0"));
  }

  @Test
  void a_gpu_gets_32_layers_and_one_thread() {
    // When
    var fitting = RunnerParameters.fitting(new Hardware(true, OptionalInt.of(16)));

    // Then
    assertThat(fitting.values())
        .isEqualTo(Map.of("num_gpu", "32", "main_gpu", "0", "num_thread", "1"));
  }
}
