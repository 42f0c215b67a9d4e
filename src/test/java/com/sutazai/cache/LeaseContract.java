package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sutazai.cache.LeaseKeeper.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What leases do, wherever they are kept. */
public abstract class LeaseContract {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MINE = "00112233445566778899aabbccddeeff";
  private static final String OTHER = "ffeeddccbbaa99887766554433221100";

  private final String name = "model:" + UUID.randomUUID();

  protected abstract LeaseKeeper leases();

  private Answer other() {
    return leases().take(name, OTHER, LONG);
  }

  @Test
  void one_has_it_and_the_next_does_not() {
    assertThat(leases().take(name, MINE, LONG)).isEqualTo(Answer.TAKEN);

    assertThat(other()).isEqualTo(Answer.HELD);
    assertThat(leases().take(name + "-2", OTHER, LONG)).isEqualTo(Answer.TAKEN);
  }

  @Test
  void the_next_has_it_when_it_was_given_back() {
    leases().take(name, MINE, LONG);

    leases().release(name, MINE);

    assertThat(other()).isEqualTo(Answer.TAKEN);
  }

  @Test
  void the_next_has_it_when_its_time_is_over() {
    leases().take(name, MINE, SHORT);

    await().atMost(PATIENCE).until(() -> other() == Answer.TAKEN);
  }

  @Test
  void it_is_held_for_longer_when_it_is_renewed() {
    leases().take(name, MINE, Duration.ofSeconds(8));
    leases().take(name + "-2", MINE, Duration.ofSeconds(8));

    leases().hold(name, MINE, LONG);

    await().atMost(PATIENCE).until(() -> leases().take(name + "-2", OTHER, LONG) == Answer.TAKEN);
    assertThat(other()).isEqualTo(Answer.HELD);
  }

  @Test
  void it_is_told_for_a_while_that_the_entry_is_kept() {
    leases().take(name, MINE, LONG);

    leases().kept(name, MINE, LONG);

    assertThat(other()).isEqualTo(Answer.KEPT);
    leases().hold(name, MINE, SHORT);
    leases().release(name, MINE);
    assertThat(other()).as("it is nobody's any more").isEqualTo(Answer.KEPT);
  }

  @Test
  void what_is_told_ends() {
    leases().take(name, MINE, LONG);

    leases().kept(name, MINE, SHORT);

    await().atMost(PATIENCE).until(() -> other() == Answer.TAKEN);
  }

  @Test
  void who_lost_it_changes_nothing() {
    leases().take(name, MINE, SHORT);
    await().atMost(PATIENCE).until(() -> other() == Answer.TAKEN);

    leases().hold(name, MINE, SHORT);
    leases().kept(name, MINE, LONG);
    leases().release(name, MINE);

    assertThat(leases().take(name, MINE, LONG)).isEqualTo(Answer.HELD);
  }

  @Test
  void of_many_at_once_one_has_it() throws Exception {
    // Given
    List<Callable<Answer>> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String token = "%032x".formatted(i);
      callers.add(() -> leases().take(name, token, LONG));
    }

    // When
    List<Answer> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : threads.invokeAll(callers)) {
        answers.add(answer.get());
      }
    }

    // Then
    assertThat(answers).containsOnlyOnce(Answer.TAKEN).doesNotContain(Answer.KEPT);
  }
}
