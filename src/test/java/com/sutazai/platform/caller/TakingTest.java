package com.sutazai.platform.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class TakingTest {
  private final Taking taking = new Taking();

  /** Looks twice, as time goes by, while a write is under way. */
  private final class LookedAt extends ByteArrayOutputStream {
    private long waited;

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      taking.waiting(1_000);
      waited = taking.waiting(1_700);
      super.write(bytes, from, length);
    }
  }

  @Test
  void a_write_that_is_still_the_same_one_has_waited() throws Exception {
    // Given
    LookedAt out = new LookedAt();

    // When
    taking.watched(out).write(new byte[] {1, 2});

    // Then
    assertThat(out.waited).isEqualTo(700);
    assertThat(out.toByteArray()).containsExactly(1, 2);
  }

  @Test
  void the_next_write_is_another_one() throws Exception {
    // Given
    LookedAt out = new LookedAt();
    OutputStream watched = taking.watched(out);
    watched.write(new byte[] {1});

    // When
    watched.write(new byte[] {2});

    // Then
    assertThat(out.waited).isEqualTo(700);
  }

  /** Looks twice while it is closed. */
  private final class LookedAtInTheEnd extends ByteArrayOutputStream {
    private long waited;

    @Override
    public void flush() {
      throw new AssertionError("what is left is to be sent by closing alone");
    }

    @Override
    public void close() {
      taking.waiting(1_000);
      waited = taking.waiting(1_700);
    }
  }

  @Test
  void closing_is_a_write_that_is_not_preceded_by_another_one() throws Exception {
    // Given
    LookedAtInTheEnd out = new LookedAtInTheEnd();

    // When
    taking.watched(out).close();

    // Then
    assertThat(out.waited).isEqualTo(700);
  }

  @Test
  void between_writes_nothing_waits() throws Exception {
    // Given
    taking.watched(new ByteArrayOutputStream()).write(new byte[] {1});
    taking.waiting(1_000);

    // When
    long waited = taking.waiting(9_000);

    // Then
    assertThat(waited).isZero();
  }
}
