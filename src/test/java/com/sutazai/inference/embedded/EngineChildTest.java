package com.sutazai.inference.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the program hears of the engine's process; a shell stands in for it. */
class EngineChildTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static EngineChild child(String answer) throws IOException {
    String script = "echo ready; while read look; do " + answer + "; done";
    return EngineChild.start(List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"));
  }

  @Test
  void one_that_answers_was_not_looked_at_in_vain() throws Exception {
    try (EngineChild child = child("echo looks: 0")) {
      child.look();

      await().atMost(PATIENCE).until(() -> child.looksInVain() == 0);
    }
  }

  @Test
  void one_that_says_nothing_was_looked_at_in_vain_each_time() throws Exception {
    try (EngineChild child = child(":")) {
      child.look();
      child.look();

      assertThat(child.looksInVain()).isEqualTo(2);
    }
  }

  @Test
  void one_that_is_at_the_same_step_was_looked_at_in_vain_so_often() throws Exception {
    try (EngineChild child = child("echo looks: 7")) {
      child.look();

      await().atMost(PATIENCE).until(() -> child.looksInVain() == 7);
    }
  }

  @Test
  void its_own_memory_is_a_part_of_what_it_has() throws Exception {
    try (EngineChild child = child("echo looks: 7")) {
      child.look();
      await().atMost(PATIENCE).until(() -> child.looksInVain() == 7); // the shell is there

      assertThat(child.ownMemory().orElseThrow())
          .isPositive()
          .isLessThan(child.memory().orElseThrow());
    }
  }

  @Test
  void one_that_has_ended_can_be_looked_at() throws Exception {
    try (EngineChild child = child("exit 3")) {
      child.look();
      assertThat(child.ended(PATIENCE)).isTrue();

      child.look();

      assertThat(child.end()).contains("status 3");
    }
  }
}
