package com.sutazai.inference.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.inference.backend.ModelFailure;
import com.sutazai.inference.backend.ModelFailure.Kind;
import com.sutazai.inference.profile.ModelProfile.Level;
import com.sutazai.inference.profile.ModelProfile.Missing;
import com.sutazai.inference.profile.ModelProfile.Spread;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProfilerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration LONG = Duration.ofHours(1);

  private final FakeModel model = new FakeModel("tinyllama:latest");

  private Profiler profiler(Duration limit) {
    return new Profiler(InstantSource.fixed(NOW), model, limit);
  }

  @Test
  void each_level_is_measured() throws Exception {
    // When
    ModelProfile profile = profiler(LONG).measure(model);

    // Then: answers of the fake add up their seconds, as those of a server with one slot do
    assertThat(profile.model()).isEqualTo("tinyllama:latest");
    assertThat(profile.measuredAt()).isEqualTo(NOW);
    assertThat(profile.cores()).isPositive();
    assertThat(profile.maxTokens()).isEqualTo(32);
    assertThat(profile.tookMs()).isEqualTo(59_000);
    assertThat(profile.first())
        .isEqualTo(new ProfiledModel.Probe(3000.0, 201.0, 1000.0, (long) FakeModel.TOKENS));
    assertThat(profile.levels()).extracting(Level::inFlight).containsExactly(1, 4, 8, 16);
    assertThat(profile.levels()).extracting(Level::samples).containsExactly(2, 8, 16, 32);
    assertThat(profile.levels()).extracting(Level::tokens).containsExactly(20L, 80L, 160L, 320L);
    assertThat(profile.levels()).extracting(Level::tokensPerSecond).containsOnly(10.0);
    assertThat(profile.levels()).extracting(Level::msPerRequest).containsOnly(1000.0);
    assertThat(profile.levels().getFirst().firstTokenMs()).isEqualTo(new Spread(202.5, 203));
    assertThat(profile.levels().getLast().totalMs()).isEqualTo(new Spread(1000, 1000));
    assertThat(profile.missing()).isEmpty();
    assertThat(model.prompts()).hasSize(59).doesNotHaveDuplicates();
  }

  @Test
  void as_many_are_in_flight_as_the_level_says() throws Exception {
    // Given: answers that come when so many were asked for
    Map<Integer, CyclicBarrier> full =
        Map.of(
            1, new CyclicBarrier(1),
            4, new CyclicBarrier(4),
            8, new CyclicBarrier(8),
            16, new CyclicBarrier(16));
    model.script(
        number -> {
          int level = number <= 3 ? 1 : number <= 11 ? 4 : number <= 27 ? 8 : 16;
          try {
            Objects.requireNonNull(full.get(level)).await(1, TimeUnit.MINUTES);
          } catch (BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
        });

    // When
    ModelProfile profile = profiler(LONG).measure(model);

    // Then
    assertThat(profile.levels()).hasSize(4);
  }

  @Test
  void a_level_that_fails_has_no_figures_and_the_next_are_measured() throws Exception {
    // Given
    model.script(
        number -> {
          if (number == 12) {
            throw new ModelFailure(Kind.SERVER_ERROR, "Out of memory");
          }
        });

    // When
    ModelProfile profile = profiler(LONG).measure(model);

    // Then
    assertThat(profile.levels()).extracting(Level::inFlight).containsExactly(1, 4, 16);
    assertThat(profile.missing()).containsExactly(new Missing(8, "model_failed", "Out of memory"));
  }

  @Test
  void what_does_not_fit_is_missing() throws Exception {
    // When: the first answer, two alone, and five of the eight of the next level
    ModelProfile profile = profiler(Duration.ofSeconds(8)).measure(model);

    // Then
    assertThat(profile.levels()).extracting(Level::inFlight).containsExactly(1);
    assertThat(profile.missing()).extracting(Missing::inFlight).containsExactly(4, 8, 16);
    assertThat(profile.missing()).extracting(Missing::code).containsOnly("model_timeout");
    assertThat(profile.missing().getFirst().detail()).contains("sutazai.inference.profile.limit");
  }

  @Test
  void a_model_that_hangs_is_left_when_the_time_is_up() throws Exception {
    // Given: half a second is left when it hangs
    AtomicInteger interrupted = new AtomicInteger();
    model.script(
        number -> {
          if (number == 3) {
            model.passes(LONG.minusSeconds(3).minusMillis(500));
          }
          if (number > 3) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              model.passes(Duration.ofSeconds(1)); // what it was waited for
              throw e;
            }
          }
        });

    // When
    ModelProfile profile = profiler(LONG).measure(model);

    // Then
    assertThat(profile.levels()).extracting(Level::inFlight).containsExactly(1);
    assertThat(profile.missing()).extracting(Missing::inFlight).containsExactly(4, 8, 16);
    assertThat(interrupted.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void without_a_first_answer_there_is_no_profile() {
    // Given
    model.script(
        number -> {
          throw new ModelFailure(Kind.UNREACHABLE, "No model server answers");
        });

    // When, then
    assertThatThrownBy(() -> profiler(LONG).measure(model))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNAVAILABLE))
        .hasMessage("No model server answers");
  }

  @Test
  void tokens_that_the_server_does_not_count_are_not_made_up() {
    // When
    Level level =
        Level.of(
            1,
            List.of(
                new ProfiledModel.Probe(null, 1.0, 2, 10L),
                new ProfiledModel.Probe(null, null, 4, null)),
            6_000_000);

    // Then
    assertThat(level).isEqualTo(new Level(1, 2, null, null, 3, new Spread(1, 1), new Spread(3, 4)));
  }
}
