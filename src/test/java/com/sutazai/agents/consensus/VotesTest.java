package com.sutazai.agents.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VotesTest {
  private static Votes votes(String... answers) {
    return Votes.of(List.of(answers), Votes::normalised);
  }

  @Test
  void most_votes_win_and_agreement_is_their_share() {
    Votes votes = votes("Bern.", "Basel", " bern", "BERN!");
    assertThat(votes.winner()).hasValue("Bern.");
    assertThat(votes.agreement()).hasValue(0.75);
    assertThat(votes.groups())
        .containsExactly(
            new Votes.Group("Bern.", List.of(0, 2, 3)), new Votes.Group("Basel", List.of(1)));
  }

  @Test
  void a_tie_has_no_winner() {
    Votes votes = votes("yes", "no", "no", "yes", "maybe");
    assertThat(votes.winner()).isEmpty();
    assertThat(votes.agreement()).hasValue(0.4);
  }

  @Test
  void without_answers_there_is_neither() {
    assertThat(votes().winner()).isEmpty();
    assertThat(votes().agreement()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The Answer: yes!|the answer yes",
        "Bern,Basel|bern basel",
        "(5)|5",
        "-5|-5",
        "3.14.|3.14",
        "50%|50%",
        "well-known|well known"
      })
  void case_punctuation_and_space_do_not_count_but_numbers_do(String answer, String normalised) {
    assertThat(Votes.normalised(answer)).isEqualTo(normalised);
  }

  @Test
  void they_count_where_nothing_is_normalised() {
    assertThat(Votes.of(List.of("Yes", "yes"), text -> text).groups()).hasSize(2);
  }
}
