package com.sutazai.inference.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TriesTest {
  private static final Set<Kind> AWAY = EnumSet.of(Kind.UNREACHABLE);

  private final List<Duration> pauses = new ArrayList<>();
  private final Tries tries = new Tries(pauses::add);
  private int taken;

  @Test
  void the_pause_doubles_up_to_five_minutes() throws InterruptedException {
    // When
    boolean done =
        tries.until(
            "It fails",
            AWAY,
            () -> {
              if (++taken <= 11) {
                throw new ModelFailure(Kind.UNREACHABLE, "away");
              }
            });

    // Then
    assertThat(done).isTrue();
    assertThat(pauses)
        .isEqualTo(
            LongStream.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)
                .mapToObj(Duration::ofSeconds)
                .toList());
  }

  @Test
  void a_failure_that_does_not_pass_ends_it() throws InterruptedException {
    // When
    boolean done =
        tries.until(
            "It fails",
            AWAY,
            () -> {
              throw new ModelFailure(Kind.REFUSED, "no");
            });

    // Then
    assertThat(done).isFalse();
    assertThat(pauses).isEmpty();
  }
}
