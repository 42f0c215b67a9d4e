package com.sutazai.queue.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConfirmsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();
  private final UUID third = UUID.randomUUID();
  private final Confirms confirms = new Confirms(3);

  private void send() {
    confirms.sending(11, first);
    confirms.sending(12, second);
    confirms.sending(13, third);
  }

  @Test
  void one_answer_may_stand_for_all_before_it() {
    // Given
    send();

    // When
    confirms.answered(12, true, true);
    confirms.answered(13, false, false);

    // Then
    assertThat(confirms.await(PATIENCE)).isTrue();
    assertThat(confirms.confirmed()).containsExactlyInAnyOrder(first, second);
    assertThat(confirms.refused()).containsExactly(third);
  }

  @Test
  void a_message_that_reached_no_queue_is_not_confirmed_although_the_broker_says_so() {
    // Given
    send();

    // When
    confirms.returned(second);
    confirms.answered(13, true, true);

    // Then
    assertThat(confirms.await(PATIENCE)).isTrue();
    assertThat(confirms.confirmed()).containsExactlyInAnyOrder(first, third);
    assertThat(confirms.refused()).containsExactly(second);
  }

  @Test
  void answers_to_other_batches_are_ignored() {
    // Given
    send();

    // When
    confirms.answered(7, false, true);
    confirms.answered(10, true, true);

    // Then
    assertThat(confirms.await(Duration.ZERO)).isFalse();
    assertThat(confirms.confirmed()).isEmpty();
  }

  @Test
  void what_was_confirmed_counts_although_the_rest_is_given_up() {
    // Given
    send();
    confirms.answered(11, false, true);

    // When
    confirms.giveUp();

    // Then
    assertThat(confirms.await(PATIENCE)).isTrue();
    assertThat(confirms.confirmed()).containsExactly(first);
    assertThat(confirms.refused()).isEmpty();
  }
}
