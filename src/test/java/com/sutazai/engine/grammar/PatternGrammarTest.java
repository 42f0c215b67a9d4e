package com.sutazai.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns that would take llama.cpp longer than anybody waits. */
class PatternGrammarTest {
  private static String body(String pattern) throws UnsupportedSchemaException {
    return new PatternGrammar(pattern, "format.pattern").body();
  }

  /** A pattern, and why it is refused. */
  static Stream<Arguments> costly() {
    return Stream.of(
        Arguments.of("^" + "(a?|b?)".repeat(20) + "$", "alternatives of which more than one"),
        Arguments.of("^(|a|)$", "alternatives of which more than one"),
        Arguments.of("^(a?){0,2000}$", "repeats what may be empty"),
        Arguments.of("^((a?){0,9}){0,9}$", "repeats what may be empty"),
        Arguments.of("^(a*b*)*$", "repeats what may be empty"),
        Arguments.of("^((|a))+$", "repeats what may be empty"),
        Arguments.of("^(a{0}){2}$", "repeats what may be empty"),
        Arguments.of("^((a{1,90}){1,90})$", "more than 4000 characters"),
        Arguments.of("^a{0,2000}b{0,2000}c?$", "more than 4000 characters"),
        Arguments.of("^((a{2000}){2000}){2000}$", "more than 4000 characters"),
        Arguments.of("^(a{2000,}b){3}$", "more than 4000 characters"),
        Arguments.of("^" + "a?".repeat(41) + "$", "more than 40 repetitions"),
        Arguments.of("^a{3,2}$", "cannot be held to"));
  }

  @ParameterizedTest
  @MethodSource("costly")
  void what_would_take_too_long_is_refused_with_the_reason(String pattern, String why) {
    assertThatThrownBy(() -> body(pattern))
        .isInstanceOf(UnsupportedSchemaException.class)
        .hasMessageStartingWith("format.pattern")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^.{0,2000}$",
        "^[^<>]{1,1999}@[^<>]{1,1999}$",
        "^(a|b?)c*(d|)e{2,}$",
        "^((a+)+)+$",
        "^(\\d{1,3}\\.){3}\\d{1,3}$"
      })
  void what_is_held_to_in_a_moment_is_taken(String pattern) throws Exception {
    assertThat(body(pattern)).startsWith("(").endsWith(")");
  }
}
