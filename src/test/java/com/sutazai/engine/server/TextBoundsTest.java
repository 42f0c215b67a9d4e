package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.engine.decode.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextBoundsTest {
  private final TextBounds bounds = new TextBounds(8_192, 1_000_000);

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "a1", "\u4e00"})
  void a_word_without_an_end_is_refused_with_its_length(String piece) {
    // Given
    String text = "one " + piece.repeat(300_000 / piece.length());

    // Then
    assertThatThrownBy(() -> bounds.require(text))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.REFUSED))
        .hasMessageContaining("a word of 30000")
        .hasMessageContaining("at most 200000");
  }

  @Test
  void what_cannot_fit_is_refused_with_the_limit() {
    assertThatThrownBy(() -> bounds.require("one ".repeat(250_001)))
        .hasMessageContaining("1000004 characters")
        .hasMessageContaining("8192 tokens");
  }

  @Test
  void what_may_fit_is_taken() {
    // Given
    String text = "a".repeat(200_000) + " " + "b".repeat(200_000);

    // Then
    assertThat(bounds.require(text)).isSameAs(text);
    assertThat(bounds.require("")).isEmpty();
  }

  @Test
  void a_beginning_has_whole_characters() {
    // Given
    var narrow = new TextBounds(1, 3);

    // Then
    assertThat(narrow.beginning("abc")).isEqualTo("abc");
    assertThat(narrow.beginning("abcd")).isEqualTo("abc");
    assertThat(narrow.beginning("ab\ud83d\ude00")).isEqualTo("ab");
  }
}
