package com.sutazai.platform.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTagTest {
  @ParameterizedTest
  @CsvSource({
    "tiny, tiny, true",
    "tiny, tiny:latest, true",
    "tiny:latest, tiny, true",
    "hub:5000/tiny, hub:5000/tiny:latest, true",
    "tiny, tiny:1b, false",
    "tiny:latest, tiny:1b, false",
    "tiny, tinyllama, false"
  })
  void without_a_tag_a_name_is_the_latest(String one, String other, boolean same) {
    assertThat(ModelTag.same(one, other)).isEqualTo(same);
    assertThat(ModelTag.spellings(one).contains(other)).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({
    "tiny, tiny, tiny tiny:latest",
    "tiny:latest, tiny, tiny:latest tiny",
    "tiny:1b, tiny, tiny:1b",
    "hub:5000/tiny, hub:5000/tiny, hub:5000/tiny hub:5000/tiny:latest"
  })
  void what_was_said_is_looked_for_first(String name, String without, String spellings) {
    assertThat(ModelTag.without(name)).isEqualTo(without);
    assertThat(ModelTag.spellings(name)).isEqualTo(List.of(spellings.split(" ")));
  }
}
