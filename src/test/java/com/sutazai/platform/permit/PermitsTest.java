package com.sutazai.platform.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PermitsTest {
  private final Permits permits = new Permits(2);

  @Test
  void who_finds_none_free_is_counted() throws Exception {
    // When
    permits.acquire();
    permits.acquireUninterruptibly();

    // Then
    assertThat(permits.tryAcquire()).isFalse();
    assertThat(permits.tryAcquire(Duration.ofMillis(1))).isFalse();
    assertThat(permits.counts()).isEqualTo(new Permits.Counts(4, 2));
  }

  @Test
  void a_higher_limit_lets_in_who_waits() throws Exception {
    // Given
    permits.acquire();
    permits.acquire();
    Thread waiting = Thread.ofVirtual().start(permits::acquireUninterruptibly);

    // When
    permits.resize(3);

    // Then
    assertThat(waiting.join(Duration.ofMinutes(1))).isTrue();
    assertThat(permits.limit()).isEqualTo(3);
    assertThat(permits.tryAcquire()).isFalse();
  }

  @Test
  void a_lower_limit_holds_once_enough_was_given_back() throws Exception {
    // Given
    permits.acquire();
    permits.acquire();

    // When
    permits.resize(1);
    permits.release(1);

    // Then
    assertThat(permits.tryAcquire()).isFalse();
    permits.release(1);
    assertThat(permits.tryAcquire()).isTrue();
    assertThat(permits.tryAcquire()).isFalse();
  }

  @Test
  void there_is_no_limit_below_nothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> permits.resize(-1));
  }
}
