package com.sutazai.engine.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of a machine that the carried library cannot run on. */
class RequirementsTest {
  @Test
  void a_library_that_is_missing_is_named_with_the_command_that_gets_it() {
    // Given
    List<String> missing = new ArrayList<>();

    // When
    Requirements.library("libnowhere.so.1", "libnowhere1", missing);
    Requirements.library("libc.so.6", "libc6", missing);

    // Then
    assertThat(missing).containsExactly("libnowhere.so.1 (apt-get install libnowhere1)");
  }

  @Test
  void a_processor_has_the_features_of_its_first_core() {
    // Given
    String cpuinfo =
        """
        processor\t: 0
        vmx flags\t: none
        flags\t\t: fpu avx2  fma f16c

        processor\t: 1
        flags\t\t: fpu avx512f
        """;

    // Then
    assertThat(Requirements.flags(cpuinfo)).containsExactlyInAnyOrder("fpu", "avx2", "fma", "f16c");
    assertThat(Requirements.flags("")).isEmpty();
  }
}
