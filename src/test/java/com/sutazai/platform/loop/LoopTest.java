package com.sutazai.platform.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopTest {
  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class})
  void it_goes_on_after_a_failure(Class<? extends Throwable> failure) throws Exception {
    // Given
    var steps = new AtomicInteger();
    var second = new CountDownLatch(1);

    // When
    Loop loop =
        Loop.start(
            "test",
            () -> {
              if (steps.incrementAndGet() == 1) {
                fail(failure);
              }
              second.countDown();
              Thread.sleep(1000);
            });

    // Then
    try {
      assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      loop.stop();
    }
  }

  private static void fail(Class<? extends Throwable> failure) {
    if (failure == OutOfMemoryError.class) {
      throw new OutOfMemoryError("made up by the test");
    }
    throw new IllegalStateException("made up by the test");
  }
}
