package com.sutazai.inference.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sutazai.inference.profile.ProfileAnswer.UnderWay;
import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who asks for profiles, and when they are measured. */
class ProfilesTest {
  private static final Caller NO_ADMIN = new Caller(UUID.randomUUID(), "someone", false);
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final int ONE_PROFILE = 59;

  private final FakeModel tiny = new FakeModel("tiny");
  private final FakeModel big = new FakeModel("big");
  private final CountDownLatch go = new CountDownLatch(1);
  private volatile Instant now = START;
  private final Profiles profiles =
      new Profiles(
          name -> "big".equals(name) ? big : tiny,
          new InMemory(),
          () -> now,
          () -> Duration.ofMinutes(2));

  private static final class InMemory implements KeptProfiles {
    private final Map<String, ModelProfile> kept = new ConcurrentHashMap<>();

    @Override
    public Optional<ModelProfile> find(ProfiledModel model) {
      return Optional.ofNullable(kept.get(model.name()));
    }

    @Override
    public Consumer<ModelProfile> begin(ProfiledModel model) {
      return profile -> kept.put(model.name(), profile);
    }
  }

  /** A caller on a thread of its own. */
  private final class Waiter {
    private final CompletableFuture<ProfileAnswer> answer = new CompletableFuture<>();
    private final Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    answer.complete(profiles.profile(Caller.LOCAL, "tiny", false));
                  } catch (InterruptedException | RuntimeException e) {
                    answer.completeExceptionally(e);
                  }
                });
  }

  private Waiter waiter() {
    Waiter waiter = new Waiter();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> waiter.thread.getState() == Thread.State.TIMED_WAITING);
    return waiter;
  }

  private void tinyWaits() {
    tiny.script(number -> go.await());
  }

  @Test
  void a_profile_is_kept_and_tells_its_age_until_another_is_asked_for() throws Exception {
    // Given
    profiles.profile(Caller.LOCAL, null, false);
    now = START.plusSeconds(90);

    // When
    ProfileAnswer kept = profiles.profile(NO_ADMIN, "tiny", false);

    // Then
    assertThat(kept)
        .isInstanceOfSatisfying(
            ModelProfile.class, profile -> assertThat(profile.ageSeconds()).isEqualTo(90));
    assertThat(tiny.prompts()).hasSize(ONE_PROFILE);
    assertThat(profiles.profile(Caller.LOCAL, "tiny", true))
        .isInstanceOfSatisfying(
            ModelProfile.class, profile -> assertThat(profile.ageSeconds()).isZero());
    assertThat(tiny.prompts()).hasSize(2 * ONE_PROFILE);
  }

  @Test
  void callers_of_one_model_share_a_measurement() throws Exception {
    // Given
    tinyWaits();
    Waiter first = waiter();
    Waiter second = waiter();

    // When
    go.countDown();

    // Then
    assertThat(first.answer.get()).isEqualTo(second.answer.get());
    assertThat(tiny.prompts()).hasSize(ONE_PROFILE);
  }

  @Test
  void another_model_is_told_when_to_come_again() throws Exception {
    // Given
    tinyWaits();
    Waiter first = waiter();
    now = START.plusSeconds(30);

    // When, then
    assertThatThrownBy(() -> profiles.profile(Caller.LOCAL, "big", false))
        .isInstanceOfSatisfying(
            ProblemException.class,
            busy -> {
              assertThat(busy.code()).isEqualTo(ErrorCode.MODEL_BUSY);
              assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(90));
            })
        .hasMessageContaining("tiny");
    go.countDown();
    first.answer.get();
    assertThat(profiles.profile(Caller.LOCAL, "big", false)).isInstanceOf(ModelProfile.class);
  }

  @Test
  void when_the_last_one_leaves_the_measurement_ends_and_the_next_begins_a_new_one()
      throws Exception {
    // Given
    CountDownLatch ended = new CountDownLatch(1);
    tiny.script(
        number -> {
          if (number == 1) {
            try {
              go.await();
            } finally {
              ended.countDown();
            }
          }
        });
    Waiter first = waiter();
    Waiter second = waiter();
    await().atMost(Duration.ofMinutes(1)).until(() -> tiny.prompts().size() == 1);

    // When
    first.thread.interrupt();
    first.thread.join();
    assertThat(ended.getCount()).isEqualTo(1);
    second.thread.interrupt();
    second.thread.join();

    // Then
    ended.await();
    assertThat(profiles.profile(Caller.LOCAL, "tiny", false)).isInstanceOf(ModelProfile.class);
    assertThat(tiny.prompts()).hasSize(1 + ONE_PROFILE);
  }

  @Test
  void who_cannot_wait_so_long_comes_again() throws Exception {
    // Given
    tinyWaits();

    // When
    ProfileAnswer first = profiles.profile(Caller.LOCAL, "tiny", false, Duration.ZERO);

    // Then
    assertThat(first).isEqualTo(new UnderWay("tiny", "measuring", now, 120));
    go.countDown();
    assertThat(profiles.profile(NO_ADMIN, "tiny", false)).isInstanceOf(ModelProfile.class);
    assertThat(tiny.prompts()).hasSize(ONE_PROFILE);
  }

  @Test
  void only_admins_make_a_model_busy() {
    assertThatThrownBy(() -> profiles.profile(NO_ADMIN, "tiny", false))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(tiny.prompts()).isEmpty();
  }

  @Test
  void a_failure_is_told_and_not_kept() throws Exception {
    // Given
    tiny.script(
        number -> {
          throw new ProblemException(ErrorCode.MODEL_BUSY, "Full");
        });
    assertThatThrownBy(() -> profiles.profile(Caller.LOCAL, "tiny", false)).hasMessage("Full");

    // When
    tiny.script(number -> {});

    // Then
    assertThat(profiles.profile(Caller.LOCAL, "tiny", false)).isInstanceOf(ModelProfile.class);
  }
}
