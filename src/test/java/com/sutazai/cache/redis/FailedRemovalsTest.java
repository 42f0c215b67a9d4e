package com.sutazai.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailedRemovalsTest {
  private final FailedRemovals failed = new FailedRemovals();
  private final List<String> done = new ArrayList<>();

  private void makeUp() {
    failed.makeUp(done::add, () -> done.add("everything"));
  }

  @Test
  void each_is_made_up_for_once() {
    failed.add("a");
    failed.add("b");
    failed.add("a");

    makeUp();
    makeUp();

    assertThat(done).containsExactly("a", "b");
    assertThat(failed.any()).isFalse();
  }

  @Test
  void past_a_thousand_everything_is_forgotten() {
    IntStream.rangeClosed(0, FailedRemovals.MAX).forEach(i -> failed.add("tag" + i));

    makeUp();

    assertThat(done).containsExactly("everything");
    assertThat(failed.any()).isFalse();
  }

  @Test
  void what_fails_again_stays() {
    failed.add("a");

    assertThatThrownBy(
            () ->
                failed.makeUp(
                    tag -> {
                      throw new IllegalStateException(tag);
                    },
                    () -> done.add("everything")))
        .hasMessage("a");

    makeUp();
    assertThat(done).containsExactly("a");
  }

  @Test
  void one_that_fails_while_it_is_made_up_for_is_made_up_for_again() {
    failed.add("a");

    failed.makeUp(failed::add, () -> done.add("everything"));

    assertThat(failed.any()).isTrue();
    makeUp();
    assertThat(done).containsExactly("a");
    assertThat(failed.any()).isFalse();
  }
}
