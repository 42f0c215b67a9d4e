package com.sutazai.engine.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which idle sequences are computed along: w works, i is idle, - can be neither. */
class QuickestRunsTest {
  /** Nothing measured: four at once take as long as two one by one. */
  private final StepCosts costs = new StepCosts(16);

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "w, ''",
    "wi, ''", // one alone is the quickest
    "wwii, ''", // and two as quick as four
    "wwwi, 3", // but three are slower
    "iwww, 0",
    "www-, ''",
    "wwwwwwwwwwwwwwwi, 15",
    "wwiw, 2", // a gap that is filled saves a run
    "ww-w, ''",
    "wwiwwww, ''", // six take no longer in two runs than seven in one
    "wwwiiwww, 3 4",
    "wwwiiiwww, 3 5", // four and four, not nine
    "wiiiiiiw, ''",
    "iiii, ''"
  })
  void the_quickest_way_is_taken(String numbers, String padding) {
    // When
    BitSet chosen = QuickestRuns.padding(all('w', numbers), all('i', numbers), costs);

    // Then
    assertThat(chosen.stream().mapToObj(String::valueOf).collect(Collectors.joining(" ")))
        .isEqualTo(padding);
  }

  private static BitSet all(char kind, String numbers) {
    var all = new BitSet();
    for (int i = 0; i < numbers.length(); i++) {
      all.set(i, numbers.charAt(i) == kind);
    }
    return all;
  }
}
